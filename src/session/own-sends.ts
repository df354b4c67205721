/**
 * The messages that this client is sending, so that they are known when they come back: the connection may break
 * between the message and its acknowledgement, and the history has no tokens.
 */
import { dequal } from 'dequal';
import type { Message, Outgoing } from '../../streams/index.js';
import { toRealtimeError } from '../errors.js';

interface Send {
  readonly body: Outgoing['body'];
  /** The session in which it was sent first. */
  readonly session: number;
}

/** The sends in one conversation. Changed in place: a copy for each send would cost the square. */
interface Sends {
  /** By token, in the order of sending. */
  readonly open: Map<string, Send>;
  /** Nothing waits for these any more, but the server may have stored them. By token. */
  readonly over: Map<string, Send>;
  /** The newest messages that the server has stored, by id. */
  readonly stored: Set<string>;
}

/** The sends, by conversation. */
export type OwnSends = Map<string, Sends>;

/** At least so many stored messages, and messages that nothing waits for, are remembered in each conversation. */
const REMEMBERED = 64;

/** Whether the server may have stored a message that has failed. A message without an error was withdrawn. */
const isUncertain = (error: Error | undefined): boolean => {
  if (error === undefined) return true;
  const { _tag } = toRealtimeError(error);
  return _tag === 'Unconfirmed' || _tag === 'CommandTimeout';
};

/** Forgets the oldest. Many at a time: the first key of a collection is slow to find after each deletion. */
const forgetOldest = (all: {
  readonly size: number;
  delete: (key: string) => unknown;
  keys: () => Iterable<string>;
}) => {
  if (all.size < 2 * REMEMBERED) return;
  for (const oldest of all.keys()) {
    if (all.size <= REMEMBERED) return;
    all.delete(oldest);
  }
};

/** Notes the progress of a send. */
export const noteOutgoing = (
  sends: OwnSends,
  { conversationId, token, body, progress }: Outgoing,
  session: number,
): void => {
  const here: Sends = sends.get(conversationId) ?? { open: new Map(), over: new Map(), stored: new Set() };
  const before = here.open.get(token);
  switch (progress._tag) {
    case 'uploading':
      break;
    case 'sending':
      here.open.set(token, { body, session: before?.session ?? session });
      here.over.delete(token);
      break;
    case 'sent':
      here.open.delete(token);
      here.over.delete(token);
      here.stored.add(progress.message.id);
      forgetOldest(here.stored);
      break;
    case 'failed':
      here.open.delete(token);
      if (before === undefined || !isUncertain(progress.error)) break;
      here.over.set(token, before);
      forgetOldest(here.over);
  }
  if (here.open.size + here.over.size + here.stored.size === 0) sends.delete(conversationId);
  else sends.set(conversationId, here);
};

/** Whether a message by this client's user may be one that is being sent; `session`: and was sent before it. */
export const mayBeSent = (sends: OwnSends, { conversationId, id }: Message, session = Infinity): boolean => {
  const here = sends.get(conversationId);
  if (here === undefined || here.stored.has(id)) return false;
  const [oldest] = here.open.values();
  return oldest !== undefined && oldest.session < session;
};

/**
 * Whether this client has sent a message: the server has acknowledged it, or nothing waits for it any more and its
 * body is the same.
 */
export const isSent = (sends: OwnSends, { conversationId, id, body }: Message): boolean => {
  const here = sends.get(conversationId);
  if (here === undefined) return false;
  if (here.stored.has(id)) return true;
  for (const [token, send] of here.over) {
    if (!dequal(send.body, body)) continue;
    here.over.delete(token);
    here.stored.add(id);
    forgetOldest(here.stored);
    return true;
  }
  return false;
};

/** Everything of the sessions before is in the log: what nothing waits for has not been stored. */
export const forgetOver = (sends: OwnSends, conversationId: string, session: number): void => {
  const over = sends.get(conversationId)?.over;
  for (const [token, send] of over ?? []) if (send.session < session) over?.delete(token);
};

/** A copy that later changes don't reach. */
export const copyOfSends = (sends: OwnSends): OwnSends =>
  new Map(
    [...sends].map(([id, { open, over, stored }]) => [
      id,
      { open: new Map(open), over: new Map(over), stored: new Set(stored) },
    ]),
  );
