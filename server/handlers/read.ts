import type { App } from '../app.js';
import type { Session } from '../session.js';
import type { MarkedRead, ReadUpTo } from '../store/store.js';
import type { CommandOf, Handler } from './handler.js';
import { clientActor } from '../actor.js';
import { asMember } from '../conversations/access.js';
import { unreadPush } from '../messages/unread-push.js';

interface ReadMark {
  readonly cid: string;
  readonly timestamp?: number;
  readonly mid?: string;
}

const upToOf = ({ timestamp, mid }: ReadMark): ReadUpTo => {
  if (timestamp !== undefined) return { timestamp };
  return mid === undefined ? 'end' : { id: mid };
};

const tellReader = ({ bus }: App, reader: Session, { isEnd, summary }: MarkedRead, now: number): void => {
  bus.publish([reader.clientId], {
    _tag: 'Push',
    command: unreadPush([summary], now),
    // The reader itself knows that nothing is left where it has read to the end, but not how much of what is later counts.
    ...(isEnd ? { except: reader.id } : {}),
  });
};

/** One read mark: the user's other sessions get the new count, and in a conversation of two the sender its receipt. */
const move = async (app: App, reader: Session, mark: ReadMark): Promise<void> => {
  const { cid } = mark;
  const { members = [] } = await asMember(app, clientActor(reader), cid, 4401);
  const now = app.clock.now();
  const marked = await app.store.markRead(cid, reader.clientId, upToOf(mark), now);
  if (!marked.moved) return;
  tellReader(app, reader, marked, now);
  const { newest } = marked;
  if (newest !== undefined && members.length === 2) {
    app.bus.publish([newest.from], {
      _tag: 'Push',
      command: { cmd: 'rcp', rcpMessage: { cid, id: newest.id, t: now, read: true, from: reader.clientId } },
    });
  }
};

/** Moves read marks, each for itself: one that is refused does not hold the others up. */
export const read: Handler<CommandOf<'read'>> = async ({ app, session }, { readMessage: { cid, convs = [] } }) => {
  const reader = session();
  const marks = cid === undefined ? convs : [{ cid }, ...convs];
  const results = await Promise.allSettled(marks.map((mark) => move(app, reader, mark)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return {};
};
