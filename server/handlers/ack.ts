import type { Arrived } from '../store/store.js';
import { clientActor } from '../actor.js';
import { asMember } from '../conversations/access.js';
import type { CommandOf, Handler } from './handler.js';

type Ack = CommandOf<'ack'>;

/** By a stretch of time, or by id: clients do the one or the other. */
const arrivedOf = ({ fromts, tots, mid }: Ack['ackMessage']): Arrived | undefined => {
  if (fromts !== undefined && tots !== undefined) return { from: fromts, to: tots };
  return mid === undefined ? undefined : { id: mid };
};

/** Messages have arrived: who asked for a receipt, in a conversation of two, is told. */
export const ack: Handler<Ack> = async ({ app, session }, { ackMessage }) => {
  const receiver = session();
  const { cid } = ackMessage;
  const { members = [] } = await asMember(app, clientActor(receiver), cid, 4401);
  const arrived = arrivedOf(ackMessage);
  if (arrived === undefined) return {};
  const now = app.clock.now();
  const delivered = await app.store.acknowledge(cid, receiver.clientId, arrived, now);
  if (members.length !== 2) return {};
  for (const { id, from } of delivered) {
    app.bus.publish([from], { _tag: 'Push', command: { cmd: 'rcp', rcpMessage: { cid, id, t: now, from: receiver.clientId } } });
  }
  return {};
};
