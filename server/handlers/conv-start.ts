import type { ConversationKind } from '../../codecs/index.js';
import { clientActor } from '../actor.js';
import { createConversation } from '../conversations/create.js';
import { describedBy } from '../conversations/described-by.js';
import type { CommandOf, Handler } from './handler.js';
import { signed } from './signed.js';

type Start = CommandOf<'conv', 'start'>;

const kindOf = ({ transient, tempConv }: Start['convMessage']): ConversationKind => {
  if (transient === true) return 'room';
  return tempConv === true ? 'temporary' : 'ordinary';
};

/** Creates a conversation; its creator is always a member, where it has members. */
export const convStart: Handler<Start> = async ({ app, session }, { convMessage }) => {
  const creator = session();
  const { m = [], attr, unique, tempConvTTL, t, n, s } = convMessage;
  const kind = kindOf(convMessage);
  const by = { appId: creator.login.appId, clientId: creator.clientId, ...signed({ t, n, s }) };
  app.verifyAction({ ...by, action: 'create', members: [...new Set([creator.clientId, ...m])] });
  const described = describedBy(attr?.data ?? '{}');
  const info = await createConversation(app, clientActor(creator), {
    kind,
    members: m,
    // A temporary one lasts too short to be described.
    ...(kind === 'temporary' ? { attributes: {} } : described),
    unique: unique === true,
    verifyJoin: (id) => {
      app.verifyAction({ ...by, action: 'join', conversationId: id, members: [creator.clientId], impliedBy: 'create' });
    },
    ...(tempConvTTL === undefined ? {} : { ttl: tempConvTTL }),
  });
  return {
    answer: {
      cmd: 'conv',
      op: 'started',
      convMessage: {
        cid: info.id,
        cdate: new Date(info.createdAt ?? app.clock.now()).toISOString(),
        ...(info.ttl === undefined ? {} : { tempConvTTL: info.ttl }),
      },
    },
  };
};
