import type { CommandOf, Handler } from './handler.js';
import { ownConversation } from './direct.js';

/** Messages have arrived: who asked for a receipt, in a conversation of two, is told. */
export const ack: Handler<CommandOf<'ack'>> = async ({ app, session }, { ackMessage: { cid, fromts, tots } }) => {
  const receiver = session();
  const { members = [] } = await ownConversation(app, receiver, cid);
  if (fromts === undefined || tots === undefined) return {};
  const now = app.clock.now();
  const delivered = await app.store.acknowledge(cid, receiver.clientId, fromts, tots, now);
  if (members.length !== 2) return {};
  for (const { id, from } of delivered) {
    app.bus.publish(from, { _tag: 'Push', command: { cmd: 'rcp', rcpMessage: { cid, id, t: now, from: receiver.clientId } } });
  }
  return {};
};
