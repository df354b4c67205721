import { Observable, Subscription, type OperatorFunction, type Subscriber } from 'rxjs';
import { placeOf } from './binary-search.js';
import type { ClientEvent, Position } from './events.js';

/** The status of a stored message of this client. */
export type DeliveryStatus =
  | { readonly _tag: 'sent' }
  | { readonly _tag: 'delivered'; readonly at: number }
  | { readonly _tag: 'read'; readonly at: number };

/** A message whose receipts are followed. */
interface Followed extends Position {
  readonly subscriber: Subscriber<DeliveryStatus>;
  isDelivered: boolean;
}

const insert = <T extends Position>(items: T[], item: T): void => {
  items.splice(
    placeOf(items, ({ timestamp }) => timestamp <= item.timestamp),
    0,
    item,
  );
};

const remove = <T extends Position>(items: T[], item: T): void => {
  const first = placeOf(items, ({ timestamp }) => timestamp < item.timestamp);
  const index = items.indexOf(item, first);
  if (index >= 0) items.splice(index, 1);
};

/** Removes the first items, as long as they pass the test. `shift` costs the same for any number of items. */
const takeWhileFirst = <T>(items: T[], passes: (item: T) => boolean): readonly T[] => {
  const taken: T[] = [];
  for (let first = items[0]; first !== undefined && passes(first); first = items[0]) {
    taken.push(first);
    items.shift();
  }
  return taken;
};

/**
 * As `messageStatus`, for many messages of one log: a receipt costs what it changes, however many messages are
 * followed. The log is subscribed to as long as a message is followed; then it calls `idle`.
 */
export const messageStatuses = (
  log$: Observable<ClientEvent>,
  idle?: () => void,
): ((message: Position) => Observable<DeliveryStatus>) => {
  /** By time. */
  let [unread, undelivered, later]: [Followed[], Followed[], Position[]] = [[], [], []];
  const byId = new Map<string, Set<Followed>>();
  /** The times of own messages that were sent meanwhile, by id. `later` has them by time. */
  const sentAt = new Map<string, number>();
  let connection: Subscription | undefined;

  const forget = (one: Followed): void => {
    remove(unread, one);
    remove(undelivered, one);
    const same = byId.get(one.id);
    if (same?.delete(one) === true && same.size === 0) byId.delete(one.id);
    if (unread.length > 0) return;
    connection?.unsubscribe();
    connection = undefined;
    sentAt.clear();
    later = [];
    idle?.();
  };

  const delivered = (one: Followed, at: number): void => {
    if (one.isDelivered) return;
    one.isDelivered = true;
    one.subscriber.next({ _tag: 'delivered', at });
  };

  const read = (one: Followed, at: number): void => {
    one.subscriber.next({ _tag: 'read', at });
    one.subscriber.complete();
  };

  const hear = (event: ClientEvent): void => {
    if (event._tag === 'Message' && event.origin === 'sent') {
      const { id, timestamp } = event.message;
      sentAt.set(id, timestamp);
      insert(later, { id, timestamp });
    }
    if (event._tag !== 'Receipt') return;
    const { kind, at, messageId } = event;
    const named = messageId === undefined ? [] : [...(byId.get(messageId) ?? [])];
    if (kind === 'delivered') {
      const covered = messageId === undefined ? takeWhileFirst(undelivered, ({ timestamp }) => timestamp <= at) : named;
      for (const one of covered) delivered(one, at);
      return;
    }
    // Reading a message means that the earlier ones are read.
    const time = messageId === undefined ? undefined : sentAt.get(messageId);
    const isRead = ({ timestamp }: Position): boolean =>
      messageId === undefined ? timestamp <= at : timestamp < (time ?? 0);
    for (const one of [...takeWhileFirst(unread, isRead), ...named]) read(one, at);
    for (const { id } of takeWhileFirst(later, isRead)) sentAt.delete(id);
  };

  const end = (finish: (subscriber: Subscriber<DeliveryStatus>) => void): void => {
    const all = unread;
    [unread, undelivered] = [[], []];
    for (const { subscriber } of all) finish(subscriber);
  };

  return ({ id, timestamp }) =>
    new Observable((subscriber) => {
      subscriber.next({ _tag: 'sent' });
      if (subscriber.closed) return;
      const one: Followed = { id, timestamp, subscriber, isDelivered: false };
      insert(unread, one);
      insert(undelivered, one);
      byId.set(id, (byId.get(id) ?? new Set()).add(one));
      subscriber.add(() => {
        forget(one);
      });
      if (connection !== undefined) return;
      connection = new Subscription();
      connection.add(
        log$.subscribe({
          next: hear,
          error: (error: unknown) => {
            end((each) => {
              each.error(error);
            });
          },
          complete: () => {
            end((each) => {
              each.complete();
            });
          },
        }),
      );
    });
};

/**
 * Follows the receipts of one message in a log. Emits `sent` at once, then `delivered`, then `read`, with times in ms
 * since 1970. It never goes back. Completes with `read`, or with the log. Errors with the log.
 *
 * A receipt counts if it names the message. A read receipt also counts if it names a later message, because reading a
 * message means that the earlier ones are read. A receipt that names no message counts if it is not older than the
 * message.
 *
 * Each subscription subscribes to the log. `conversation.messageStatus` follows any number of messages with one.
 *
 * @example
 * conversation.events$.pipe(messageStatus(message)).subscribe(({ _tag }) => tick.set(_tag));
 */
export const messageStatus =
  (message: Position): OperatorFunction<ClientEvent, DeliveryStatus> =>
  (log$) =>
    new Observable((subscriber) => messageStatuses(log$)(message).subscribe(subscriber));
