import type { App } from '../app.js';
import type { Session } from '../session.js';
import type { CommandOf, Handler } from './handler.js';
import { clientActor } from '../actor.js';
import { breather } from '../breather.js';
import { asMember } from '../conversations/access.js';
import { readMarksOf, readReceipts, type ReadMark } from '../domain/messages/receipts.js';

/** Moves one read mark. The user's sessions get the new count. In a conversation of two, the sender gets a receipt. */
const move = async (app: App, reader: Session, { cid, upTo }: ReadMark): Promise<void> => {
  const { store, bus } = app;
  const { clientId } = reader;
  const info = await asMember(app, clientActor(reader), cid, 4401);
  const now = app.clock.now();
  const marked = await store.markRead(cid, clientId, upTo, now);
  if (!marked.moved) return;
  for (const { to, push } of readReceipts(info, marked, clientId, now))
    bus.publish([to], { _tag: 'Push', command: push });
  // The session that reads is told, too: the published clients count a message that comes while their mark is on its
  // way, and their mark may include it.
  await app.tellUnread(app, clientId, marked.summary);
};

/** Marks that move side by side. */
const AT_ONCE = 50;

/** Moves read marks independently: if one is refused, the others still move. */
export const read: Handler<CommandOf<'read'>> = async ({ app, session }, { readMessage }) => {
  const reader = session();
  const breathe = breather();
  const marks = readMarksOf(readMessage);
  let failed: PromiseRejectedResult | undefined;
  for (let from = 0; from < marks.length; from += AT_ONCE) {
    const results = await Promise.allSettled(marks.slice(from, from + AT_ONCE).map((mark) => move(app, reader, mark)));
    failed ??= results.find((result) => result.status === 'rejected');
    await breathe();
  }
  if (failed !== undefined) throw failed.reason;
  return {};
};
