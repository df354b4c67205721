import { distinctUntilChanged, scan, startWith, type OperatorFunction } from 'rxjs';
import type { OutgoingBody } from '../codecs/index.js';
import type { ClientEvent } from './events.js';

/** A message that is being sent, or waits for a connection. */
export interface OutboxMessage {
  readonly conversationId: string;
  readonly token: string;
  readonly body: OutgoingBody;
  /** When it was sent, ms since 1970, by the clock of the client. */
  readonly at: number;
}

const NOTHING: ReadonlyMap<string, OutboxMessage> = new Map();

/**
 * The messages that are being sent, by token, in the order of sending. Starts with an empty map. Emits a new
 * immutable map when a message is sent, stored, failed or withdrawn. Hot or cold, errors and completion as the log.
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
