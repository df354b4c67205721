import { clientActor } from '../actor.js';
import { asReader } from '../conversations/access.js';
import type { CommandOf, Handler } from './handler.js';

/** The number of members of a conversation, or of clients that are in a chat room now. */
export const convCount: Handler<CommandOf<'conv', 'count'>> = async ({ app, session }, { convMessage: { cid } }) => {
  const { kind, members = [] } = await asReader(app, clientActor(session()), cid, 4317);
  const count = kind === 'room' ? (await app.bus.occupants(cid)).length : members.length;
  return { answer: { cmd: 'conv', op: 'result', convMessage: { cid, count } } };
};
