import { clientActor } from '../actor.js';
import { createConversation } from '../conversations/create.js';
import { foundersOf } from '../domain/conversations/members.js';
import { started, wantedBy } from '../domain/conversations/start.js';
import type { CommandOf, Handler } from './handler.js';
import { signed } from './signed.js';

/** Creates a conversation. If it has members, its creator is one of them. */
export const convStart: Handler<CommandOf<'conv', 'start'>> = async ({ app, session }, { convMessage }) => {
  const { clientId, login } = session();
  const creator = clientActor(session());
  const { m = [], t, n, s } = convMessage;
  const by = { appId: login.appId, clientId, ...signed({ t, n, s }) };
  await app.verifyAction({ ...by, action: 'create', members: [...foundersOf(creator, m)] });
  const info = await createConversation(app, creator, {
    ...wantedBy(convMessage),
    verifyJoin: async (id) => {
      await app.verifyAction({ ...by, action: 'join', conversationId: id, members: [clientId], impliedBy: 'create' });
    },
  });
  return { answer: started(info, app.clock.now()) };
};
