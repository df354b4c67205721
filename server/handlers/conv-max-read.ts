import type { CommandOf, Handler } from './handler.js';
import { clientActor } from '../actor.js';
import { asMember } from '../conversations/access.js';

const newest = (times: readonly (number | undefined)[]): number | undefined => {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

/** How far the other members have received and read: all of them together, or each. */
export const convMaxRead: Handler<CommandOf<'conv', 'max_read'>> = async ({ app, session }, { convMessage: { cid, queryAllMembers } }) => {
  const asking = session();
  const { kind, members: all = [] } = await asMember(app, clientActor(asking), cid, 4317);
  // Who has subscribed to a system conversation is nobody's business.
  const members = kind === 'system' ? [] : all;
  const receipts = (await app.store.receipts(cid)).filter(({ clientId }) => clientId !== asking.clientId && members.includes(clientId));
  if (queryAllMembers === true) {
    const maxReadTuples = receipts.map(({ clientId, deliveredAt, readAt }) => ({
      pid: clientId,
      ...(deliveredAt === undefined ? {} : { maxAckTimestamp: deliveredAt }),
      ...(readAt === undefined ? {} : { maxReadTimestamp: readAt }),
    }));
    return { answer: { cmd: 'conv', op: 'max_read', convMessage: { cid, maxReadTuples } } };
  }
  const maxAckTimestamp = newest(receipts.map(({ deliveredAt }) => deliveredAt));
  const maxReadTimestamp = newest(receipts.map(({ readAt }) => readAt));
  return {
    answer: {
      cmd: 'conv',
      op: 'max_read',
      convMessage: {
        cid,
        ...(maxAckTimestamp === undefined ? {} : { maxAckTimestamp }),
        ...(maxReadTimestamp === undefined ? {} : { maxReadTimestamp }),
      },
    },
  };
};
