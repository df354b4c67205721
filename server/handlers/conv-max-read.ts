import { clientActor } from '../actor.js';
import { asMember } from '../conversations/access.js';
import { maxRead } from '../domain/messages/receipts.js';
import type { CommandOf, Handler } from './handler.js';

/** How far the other members have received and read: all of them together, or each of them. */
export const convMaxRead: Handler<CommandOf<'conv', 'max_read'>> = async (
  { app, session },
  { convMessage: { cid, queryAllMembers } },
) => {
  const asking = clientActor(session());
  const info = await asMember(app, asking, cid, 4317);
  return {
    answer: maxRead(
      info,
      info.kind === 'system' ? [] : await app.store.receipts(cid),
      asking.clientId,
      queryAllMembers,
    ),
  };
};
