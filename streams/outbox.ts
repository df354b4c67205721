import { distinctUntilChanged, scan, startWith, type OperatorFunction } from 'rxjs';
import type { OutgoingBody } from '../codecs/index.js';
import type { ClientEvent } from './events.js';

/** A message that is on its way, or waits for a connection. */
export interface OutboxMessage {
  readonly conversationId: string;
  readonly token: string;
  readonly body: OutgoingBody;
  /** When it was sent, ms since 1970, by the client's clock. */
  readonly at: number;
}

const NOTHING: ReadonlyMap<string, OutboxMessage> = new Map();

/**
 * What is on its way, by token, in the order in which it was sent. Starts with what the log begins with, which is nothing; a new map when a message is sent, and when it is stored, fails or is withdrawn. Same temperature, errors and
 * completion as the log.
 *
 * @example
 * client.outbox$.subscribe((waiting) => badge.set(waiting.size));
 */
export const outbox = (): OperatorFunction<ClientEvent, ReadonlyMap<string, OutboxMessage>> => (log$) =>
  log$.pipe(
    scan((waiting, event) => {
      if (event._tag !== 'Outgoing') return waiting;
      const { conversationId, token, body, at, progress } = event;
      if (progress._tag === 'sending') return new Map(waiting).set(token, { conversationId, token, body, at });
      if (!waiting.has(token)) return waiting;
      return new Map([...waiting].filter(([other]) => other !== token));
    }, NOTHING),
    startWith(NOTHING),
    distinctUntilChanged(),
  );
