import { Refusal } from '../refusal.js';
import type { CommandOf, Handler } from './handler.js';

/** How many members a conversation has. */
export const convCount: Handler<CommandOf<'conv', 'count'>> = async ({ app, session }, { convMessage: { cid } }) => {
  session();
  const [conversation] = await app.store.conversations([cid]);
  if (conversation === undefined) throw new Refusal(4303, `there is no conversation ${cid}`);
  return { answer: { cmd: 'conv', op: 'result', convMessage: { cid, count: conversation.members?.length ?? 0 } } };
};
