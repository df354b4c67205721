/** Who is in a conversation: the Swift, Objective-C and C# SDKs ask that, of chat rooms above all. */
import { defined } from '../../codecs/defined.js';
import { clientActor } from '../actor.js';
import { asReader } from '../conversations/access.js';
import { pageOfIds } from '../domain/conversations/page-of-ids.js';
import { Refusal } from '../domain/refusal.js';
import type { CommandOf, Handler } from './handler.js';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;

/** A page of the members, or of the clients that are in a chat room now, in the order of their ids. */
export const convMembers: Handler<CommandOf<'conv', 'members'>> = async (
  { app, session },
  { convMessage: { cid, limit = DEFAULT_PAGE, next: after } },
) => {
  const { kind, members = [] } = await asReader(app, clientActor(session()), cid, 4317, app.isShown);
  if (kind === 'system') throw new Refusal(4320, 'who has subscribed to a system conversation is not shown');
  const all = kind === 'room' ? await app.bus.occupants(cid) : members;
  const { ids, next } = pageOfIds(all, Math.min(Math.max(0, limit), MAX_PAGE), after);
  return {
    answer: { cmd: 'conv', op: 'result', convMessage: { cid, count: all.length, m: ids, ...defined({ next }) } },
  };
};

/** Of which conversations the client is a member, and in which chat room it is. Unknown ids are false. */
export const convIsMember: Handler<CommandOf<'conv', 'is_member'>> = async (
  { app, session },
  { convMessage: { cids = [] } },
) => {
  const asking = session();
  const found = await app.store.conversations([...new Set(cids)]);
  const isIn = new Set(found.filter(({ members }) => members?.includes(asking.clientId) === true).map(({ id }) => id));
  const room = asking.room();
  const answers = cids.map((id) => [id, isIn.has(id) || room === id] as const);
  return {
    answer: {
      cmd: 'conv',
      op: 'results',
      convMessage: { results: { data: JSON.stringify(Object.fromEntries(answers)) } },
    },
  };
};
