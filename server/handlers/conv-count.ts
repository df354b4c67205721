import { clientActor } from '../actor.js';
import type { App } from '../app.js';
import { asReader } from '../conversations/access.js';
import type { CommandOf, Handler } from './handler.js';

const occupantsIn = async ({ bus }: App, id: string): Promise<number> =>
  bus.occupantCount?.(id) ?? (await bus.occupants(id)).length;

/** The number of members of a conversation, or of clients that are in a chat room now. */
export const convCount: Handler<CommandOf<'conv', 'count'>> = async ({ app, session }, { convMessage: { cid } }) => {
  const { kind, members = [] } = await asReader(app, clientActor(session()), cid, 4317, app.isShown);
  const count = kind === 'room' ? await occupantsIn(app, cid) : members.length;
  return { answer: { cmd: 'conv', op: 'result', convMessage: { cid, count } } };
};
