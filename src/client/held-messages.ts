/** Holds messages from the login until somebody subscribes to messages. */
import { Observable, Subject } from 'rxjs';
import type { ClientEvent, ConversationEvent, Gap, Message } from '../../streams/index.js';
import { isShown } from '../../streams/shown.js';
import type { Clock } from '../clock.js';
import type { ClientLimits } from '../limits.js';
import { weightOf } from '../session/weight.js';

export interface HeldMessages {
  /**
   * The same stream; its subscribers get the messages that are held, then live ones. `id`: only those of a
   * conversation. `stream$` has to be hot and to complete with the log.
   */
  readonly carrying: <T>(
    stream$: Observable<T>,
    pick: (event: ConversationEvent) => T | undefined,
    id?: string,
  ) => Observable<T>;
  /** Hands out what is held of a conversation at once, to one that can take it. */
  readonly take: (id: string) => readonly ConversationEvent[];
  /** Hot: messages of the offline mode, when a stream has carried them. The server may forget them then. */
  readonly handedOut$: Observable<ClientEvent>;
}

/** Where the entries of the log come in. */
export interface HeldLog {
  readonly hold: (event: ConversationEvent) => void;
  /** Nothing of the user stays. */
  readonly end: () => void;
}

export interface HoldOptions {
  /** The conversations of which nothing is held any more. */
  readonly open?: Pick<Map<string, true>, 'get'> & { readonly set: (id: string, open: true) => unknown };
  readonly clock: Pick<Clock, 'after'>;
  readonly limits: Pick<Required<ClientLimits>, 'held' | 'heldBytes'>;
  /** Called once, when the first message is dropped. */
  readonly onOverflow: (conversationId: string) => void;
}

type Held = Extract<ConversationEvent, { readonly _tag: 'Message' | 'Edit' | 'Recall' | 'Gap' }>;

const isHeld = (event: ClientEvent): event is Held =>
  (event._tag === 'Message' && event.origin !== 'sent') ||
  event._tag === 'Edit' ||
  event._tag === 'Recall' ||
  event._tag === 'Gap';

/** Whether the server keeps the message until it is acknowledged: a message of the offline mode. */
export const isOffline = (event: ClientEvent): boolean => event._tag === 'Message' && event.message.offline === true;

/** The message of an event, if it is shown in a stream of messages. */
export const shownIn = (event: ConversationEvent): Message | undefined =>
  event._tag === 'Message' && event.origin !== 'sent' && isShown(event.message) ? event.message : undefined;

/**
 * Holds the messages of a log, with their changes and gaps. The first subscription to a carrying stream gets them at
 * the end of its turn, and so does every other subscription of that turn. From then on nothing is held any more; after
 * a subscription to the stream of one conversation, nothing of that conversation. Messages are handed out as they are
 * then, with the edits and recalls that were held. Over the limits the oldest are dropped.
 */
export const holdMessages = ({ clock, limits, onOverflow, open = new Map() }: HoldOptions): HeldMessages & HeldLog => {
  const handedOut = new Subject<ClientEvent>();
  /** In the order of the log. */
  const held = new Set<Held>();
  let bytes = 0;
  /** What was dropped, by conversation. */
  const gaps = new Map<string, Gap>();
  let isOverflown = false;
  let isOpen = false;
  /** What was held and is handed out at the end of this turn. */
  let released: Held[] = [];
  const turnIsOver = new Subject<void>();

  const remove = (event: Held): void => {
    held.delete(event);
    bytes -= weightOf(event);
  };

  const dropOldest = (): void => {
    const [oldest] = held;
    if (oldest === undefined) return;
    remove(oldest);
    const { conversationId } = oldest;
    if (!isOverflown) onOverflow(conversationId);
    isOverflown = true;
    if (oldest._tag !== 'Message' && oldest._tag !== 'Gap') return;
    const [from, to] =
      oldest._tag === 'Gap'
        ? [oldest.from, oldest.to]
        : [{ timestamp: oldest.message.timestamp, id: '' }, oldest.message.timestamp];
    const before = gaps.get(conversationId);
    if (before === undefined && gaps.size >= limits.held) return;
    gaps.set(conversationId, {
      _tag: 'Gap',
      conversationId,
      from: before?.from ?? from,
      to: Math.max(to, before?.to ?? -Infinity),
      cause: 'overflow',
    });
  };

  const hold = (event: ConversationEvent): void => {
    if (!isHeld(event)) return;
    if (isOpen || open.get(event.conversationId)) {
      if (isOffline(event)) handedOut.next(event);
      return;
    }
    held.add(event);
    bytes += weightOf(event);
    while (held.size > limits.held || bytes > limits.heldBytes) dropOldest();
  };

  const heldOf = (id: string | undefined): readonly Held[] => {
    const isWanted = ({ conversationId }: ConversationEvent): boolean => id === undefined || conversationId === id;
    return [...[...gaps.values()].filter(isWanted), ...[...held].filter(isWanted)];
  };

  /** Nothing of this conversation, or of any, is held from now on. */
  const release = (id: string | undefined): void => {
    if (isOpen || (id !== undefined && open.get(id))) return;
    const events = heldOf(id);
    if (id === undefined) isOpen = true;
    else open.set(id, true);
    if (events.length > 0 && released.length === 0)
      clock.after(0).subscribe(() => {
        released = [];
        turnIsOver.next();
      });
    /** The messages as they are now: a subscriber to messages does not get the changes that were held. */
    const latest = new Map<string, Message>();
    for (const event of events)
      if (event._tag === 'Edit' || event._tag === 'Recall') latest.set(event.message.id, event.message);
    for (const event of events) {
      if (event._tag === 'Message' && latest.has(event.message.id)) {
        const { from, timestamp } = event.message;
        const message = { ...event.message, ...latest.get(event.message.id), from, timestamp };
        released.push({ ...event, message });
      } else released.push(event);
      if (held.has(event)) remove(event);
      gaps.delete(event.conversationId);
      if (isOffline(event)) handedOut.next(event);
    }
  };

  const releasedOf = (id: string | undefined): readonly Held[] => {
    release(id);
    return released.filter(({ conversationId }) => id === undefined || conversationId === id);
  };

  return {
    hold,
    end: () => {
      held.clear();
      gaps.clear();
      handedOut.complete();
    },
    take: releasedOf,
    handedOut$: handedOut.asObservable(),
    carrying: (stream$, pick, id) =>
      new Observable((subscriber) => {
        const own = releasedOf(id);
        if (own.length === 0) {
          subscriber.add(stream$.subscribe(subscriber));
          return;
        }
        /** Live values that come before the end of the turn. */
        let waiting: Parameters<typeof subscriber.next>[0][] | undefined = [];
        const handOut = (): void => {
          const live = waiting;
          if (live === undefined) return;
          waiting = undefined;
          for (const event of own) {
            const value = pick(event);
            if (value !== undefined) subscriber.next(value);
          }
          for (const value of live) subscriber.next(value);
        };
        subscriber.add(turnIsOver.subscribe(handOut));
        subscriber.add(
          stream$.subscribe({
            next: (value) => {
              if (waiting === undefined) subscriber.next(value);
              else waiting.push(value);
            },
            error: (error: unknown) => {
              subscriber.error(error);
            },
            complete: () => {
              handOut();
              subscriber.complete();
            },
          }),
        );
      }),
  };
};

/** The log of a conversation with the messages that were held. */
export const carryingEvents = (
  { state: { held } }: { readonly state: { readonly held: HeldMessages } },
  { id, events$ }: { readonly id: string; readonly events$: Observable<ConversationEvent> },
): Observable<ConversationEvent> => held.carrying(events$, (event) => event, id);
