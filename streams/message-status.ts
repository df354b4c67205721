import { defer, distinctUntilChanged, scan, startWith, takeWhile, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Position } from './events.js';

/** The status of a stored message of this client. */
export type DeliveryStatus =
  | { readonly _tag: 'sent' }
  | { readonly _tag: 'delivered'; readonly at: number }
  | { readonly _tag: 'read'; readonly at: number };

type Receipt = Extract<ClientEvent, { _tag: 'Receipt' }>;

const SENT: DeliveryStatus = { _tag: 'sent' };

/**
 * Follows the receipts of one message in a log. Emits `sent` at once, then `delivered`, then `read`, with times in ms
 * since 1970. It never goes back. Completes with `read`, or with the log. Errors with the log.
 *
 * A receipt counts if it names the message. A read receipt also counts if it names a later message, because reading a
 * message means that the earlier ones are read. A receipt that names no message counts if it is not older than the
 * message.
 *
 * @example
 * conversation.events$.pipe(messageStatus(message)).subscribe(({ _tag }) => tick.set(_tag));
 */
export const messageStatus =
  ({ id, timestamp }: Position): OperatorFunction<ClientEvent, DeliveryStatus> =>
  (log$) =>
    defer(() => {
      /** Own messages that were sent after this one. */
      const later = new Set<string>();
      const covers = ({ kind, at, messageId }: Receipt): boolean =>
        messageId === undefined ? at >= timestamp : messageId === id || (kind === 'read' && later.has(messageId));

      const step = (status: DeliveryStatus, event: ClientEvent): DeliveryStatus => {
        if (event._tag === 'Message' && event.origin === 'sent' && event.message.timestamp > timestamp)
          later.add(event.message.id);
        if (event._tag !== 'Receipt' || !covers(event)) return status;
        if (event.kind === 'read') return { _tag: 'read', at: event.at };
        return status._tag === 'sent' ? { _tag: 'delivered', at: event.at } : status;
      };

      return log$.pipe(
        scan(step, SENT),
        startWith(SENT),
        distinctUntilChanged(),
        takeWhile(({ _tag }) => _tag !== 'read', true),
      );
    });
