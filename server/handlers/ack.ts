import { clientActor } from '../actor.js';
import { asMember } from '../conversations/access.js';
import { arrivedOf, deliveryReceipts } from '../domain/messages/receipts.js';
import type { CommandOf, Handler } from './handler.js';

/** Handles acknowledgements of messages. In a conversation of two, the sender gets a receipt if it asked for one. */
export const ack: Handler<CommandOf<'ack'>> = async ({ app, session }, { ackMessage }) => {
  const receiver = session();
  const { clientId } = receiver;
  const { cid } = ackMessage;
  const info = await asMember(app, clientActor(receiver), cid, 4401);
  const arrived = arrivedOf(ackMessage);
  if (arrived === undefined) return {};
  const now = app.clock.now();
  const delivered = await app.store.acknowledge(cid, clientId, arrived, now);
  for (const { to, push } of deliveryReceipts(info, delivered, clientId, now))
    app.bus.publish([to], { _tag: 'Push', command: push });
  return {};
};
