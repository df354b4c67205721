/** Puts what arrives in order: what was missed before what is live, each message once, conversations that aren't known yet looked up first. */
import {
  EMPTY,
  NEVER,
  Observable,
  ReplaySubject,
  Subject,
  Subscription,
  catchError,
  concat,
  defer,
  filter,
  from,
  map,
  merge,
  mergeMap,
  of,
  share,
  tap,
  type OperatorFunction,
} from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';
import {
  concatMapByKey,
  isConversationEvent,
  type ClientEvent,
  type ConversationEvent,
  type Gap,
  type Projected,
} from '../../streams/index.js';
import { limitConcurrency } from '../../streams/limit-concurrency.js';
import { heldMessages, type HeldMessages } from '../../streams/held-messages.js';
import { toRealtimeError } from '../errors.js';
import type { Barrier } from './barrier.js';
import { isInterruption, missed, type CatchUpOptions } from './catch-up.js';
import { pass, reach, startCursor, type Cursor, type PassOptions } from './cursor.js';
import { lookUpAll, NOTHING_KNOWN, type LookUp } from './look-up.js';
import { changesBetween, newsAfter } from './missed-changes.js';

/** What comes while the client is there. */
type Arriving = ClientEvent | Barrier;

/** What the inbox is fed with: the log as it arrives, the word that the connection is gone, and what is followed. */
export type InboxInput =
  | { readonly _tag: 'Dropped' }
  /** Somebody follows a conversation: it is caught up after a break whether anything of it was heard before or not. */
  | { readonly _tag: 'Follow'; readonly conversationId: string }
  | Arriving;

export interface InboxOptions extends CatchUpOptions, PassOptions {
  /** The conversations of these ids, as the server describes them now. */
  readonly lookUp: LookUp;
  /** What is known of a conversation by all that has been passed on. */
  readonly known: (id: string) => ConversationInfo | undefined;
  /** The chat room that the client is in, where it is in one: what is said there during a break is a `Gap`. */
  readonly room: () => string | undefined;
  /** So many conversations are caught up at a time. */
  readonly concurrency: number;
}

type Opened = Extract<ClientEvent, { _tag: 'Opened' }>;

/** What is done for one conversation, one after the other: `Refresh` what was known before a break, `Discover` what was not. */
type Task = ConversationEvent | Barrier | { readonly _tag: 'Refresh' | 'Discover'; readonly conversationId: string };

const CAUGHT_UP: ClientEvent = { _tag: 'CaughtUp' };

/** Of chat rooms and system conversations nobody is told the members. */
const hasMembers = ({ kind }: ConversationInfo): boolean => kind === 'ordinary' || kind === 'temporary';

const isMember = ({ members = [] }: ConversationInfo, self: string): boolean => members.includes(self);

const snapshotOf = (info: ConversationInfo): ConversationEvent => ({ _tag: 'Snapshot', conversationId: info.id, info });

/** Entries that tell the client that it is out, or may come in: there is nothing to be learnt, nor anything that it could have missed. */
const OUTSIDE: ReadonlySet<ConversationEvent['_tag']> = new Set<ConversationEvent['_tag']>(['Left', 'Blocked', 'Unblocked']);

const isOutside = (event: ConversationEvent, self: string): boolean =>
  OUTSIDE.has(event._tag) && 'members' in event && event.members.includes(self);

/**
 * Orders a client's log. Within a conversation: what was missed during a break comes before what is pushed after it, a message comes once, and an event of
 * a conversation that isn't known waits for its `Snapshot`, with the later events of the same conversation behind it and all others going on.
 *
 * The position of a conversation moves before the message is emitted. What waits when the connection goes is dropped, not lost: the position has not moved,
 * so the next catch-up brings it. Never errors; completes with its source.
 */
export const inbox =
  (options: InboxOptions): OperatorFunction<InboxInput, ClientEvent> =>
  (input$) =>
    defer(() => {
      const cursors = new Map<string, Cursor>();
      const limited = limitConcurrency(options.concurrency);
      let session = 0;
      /** Server time when the session before this one was opened: what is older, in a conversation never heard of, was not missed. */
      let baseline = 0;
      let openedAt = 0;
      /** Messages of this session that wait behind the catching up of their conversation. */
      let waiting = new Map<string, HeldMessages>();

      const cursorOf = (id: string): Cursor => {
        const known = cursors.get(id);
        if (known !== undefined) return known;
        const cursor = startCursor(id, { timestamp: baseline, id: '' });
        cursors.set(id, cursor);
        return cursor;
      };

      /** Notes what passes; false for what has passed before. */
      const admit = (event: ConversationEvent, cursor = cursorOf(event.conversationId)): boolean => pass(cursor, event, session, options);

      const isBehind = ({ caughtUpIn, info }: Cursor, opened: Opened): boolean =>
        opened.resumed && caughtUpIn < session && info?.kind !== 'room';

      /** What is pushed before it is its turn: the server may forget it before it answers. */
      const wait = (event: Arriving, opened: Opened): void => {
        if (event._tag !== 'Message' || !isBehind(cursorOf(event.conversationId), opened)) return;
        const held = waiting.get(event.conversationId) ?? heldMessages();
        waiting.set(event.conversationId, held);
        held.hold(event);
      };

      const caughtUp = (cursor: Cursor): void => {
        cursor.caughtUpIn = session;
        waiting.delete(cursor.id);
      };

      const inItsPlace = (event: ConversationEvent): readonly ConversationEvent[] =>
        event._tag === 'Message' ? [...(waiting.get(event.conversationId)?.before(event.message) ?? []), event] : [event];

      /** Everything of one conversation that was missed; `info` is what the server says of it now, where that is known. */
      const catchUp = (cursor: Cursor, opened: Opened, info: ConversationInfo | undefined): Observable<ConversationEvent> => {
        const { timestamp, id } = cursor.position;
        // Where no message is known at that time, one may have come in the same millisecond.
        const isNewer = info === undefined || (info.lastMessageAt ?? 0) >= timestamp + (id === '' ? 0 : 1);
        const nothingNew = !isNewer || info?.kind === 'room';
        return concat(
          info === undefined ? EMPTY : of(snapshotOf(info)),
          nothingNew
            ? EMPTY
            : limited(
                missed({
                  ...options,
                  conversationId: cursor.id,
                  from: cursor.position,
                  to: Math.max(opened.at, info?.lastMessageAt ?? 0),
                  isKnown: (message) => cursor.seen.has(message.id),
                }),
              ).pipe(mergeMap(inItsPlace)),
          defer(() => {
            caughtUp(cursor);
            return EMPTY;
          }),
        );
      };

      /** It is there no more, or the client is no member any more: who was in it is told, as is told at once to who is online. */
      const ended = (cursor: Cursor): Observable<ConversationEvent> => {
        const { id, info, lookedUpIn } = cursor;
        const wasIn = info === undefined ? lookedUpIn > 0 : isMember(info, options.self);
        if (!wasIn) return EMPTY;
        const left: ConversationEvent = { _tag: 'Left', conversationId: id, members: [options.self] };
        cursor.news = newsAfter([left]);
        return of(left);
      };

      /** What became of a conversation during a break: what was changed about it, then what was said. */
      const changedAndSaid = (cursor: Cursor, opened: Opened, info: ConversationInfo | undefined): Observable<ConversationEvent> => {
        const before = options.known(cursor.id);
        if (before === undefined || info === undefined) return catchUp(cursor, opened, info);
        if (hasMembers(info) && isMember(before, options.self) && !isMember(info, options.self)) return ended(cursor);
        const changes = changesBetween(before, info);
        cursor.news = changes.length === 0 ? undefined : newsAfter(changes, info);
        return concat(changes, catchUp(cursor, opened, info));
      };

      const lookUp = (cursor: Cursor, isStale = false): Observable<ConversationEvent> =>
        defer(() => {
          if (!isStale && (cursor.info !== undefined || cursor.lookedUpIn === session)) return EMPTY;
          cursor.lookedUpIn = session;
          const isBack = isStale || cursor.isOut;
          cursor.isOut = false;
          return options.lookUp([cursor.id]).pipe(
            mergeMap(({ infos }) => {
              // What was said while the client was out is nothing that it has missed.
              if (isBack)
                for (const { lastMessageAt } of infos)
                  if (lastMessageAt !== undefined) reach(cursor, { timestamp: lastMessageAt + 1, id: '' });
              return infos.map(snapshotOf);
            }),
            catchError((thrown: unknown) => {
              const error = toRealtimeError(thrown);
              if (isInterruption(error)) return NEVER;
              options.onFailure(cursor.id, error);
              return EMPTY;
            }),
          );
        });

      /** What comes in one session after `Opened`, until the connection goes. */
      const during = (opened: Opened, known: readonly string[], arriving$: Observable<Arriving>): Observable<ClientEvent> => {
        session += 1;
        waiting = new Map();
        baseline = opened.resumed ? openedAt : opened.at;
        openedAt = opened.at;
        // Who was followed before the first session is followed from there on.
        if (!opened.resumed) for (const cursor of cursors.values()) cursor.newest = cursor.position = { timestamp: baseline, id: '' };
        let left = known.length;

        /** What the server says of all known conversations now, asked for once. */
        const now$ = lookUpAll(known, options.lookUp).pipe(
          catchError((thrown: unknown) => {
            const error = toRealtimeError(thrown);
            if (isInterruption(error)) return NEVER;
            for (const id of known) options.onFailure(id, error);
            return of(NOTHING_KNOWN);
          }),
          // For this session, whenever a conversation gets to it: kept after it completes, and made anew with the next session.
          share({ connector: () => new ReplaySubject(1), resetOnComplete: false, resetOnRefCountZero: false }),
        );

        const refresh = (cursor: Cursor): Observable<ClientEvent> =>
          concat(
            now$.pipe(
              mergeMap(({ infos, gone }) => (gone.has(cursor.id) ? ended(cursor) : changedAndSaid(cursor, opened, infos.get(cursor.id)))),
            ),
            defer(() => {
              caughtUp(cursor);
              left -= 1;
              return left === 0 ? of(CAUGHT_UP) : EMPTY;
            }),
          );

        const admitAll = (events$: Observable<ClientEvent>): Projected<ClientEvent> => ({
          later: events$.pipe(filter((event) => !isConversationEvent(event) || admit(event))),
        });
        const admitNow = (event: ConversationEvent, cursor: Cursor): Projected<ClientEvent> =>
          admit(event, cursor) ? { now: event } : undefined;

        const project = (task: Task | Arriving): Projected<ClientEvent> => {
          if (!('conversationId' in task)) return { now: task };
          const cursor = cursorOf(task.conversationId);
          const behind = isBehind(cursor, opened);
          switch (task._tag) {
            case 'Refresh':
              return admitAll(refresh(cursor));
            case 'Discover':
              return behind ? admitAll(concat(lookUp(cursor), catchUp(cursor, opened, undefined))) : undefined;
            case 'Snapshot':
              return admitNow(task, cursor);
            case 'Barrier':
              task.reached();
              return undefined;
            default: {
              const event = cursor.news === undefined ? task : cursor.news(task);
              if (event === undefined) return undefined;
              const own = event._tag === 'Message' && event.origin === 'sent';
              const unknown = cursor.info === undefined && cursor.lookedUpIn < session;
              // Who was no member was told of nothing.
              const stale =
                event._tag === 'Joined' &&
                event.members.includes(options.self) &&
                cursor.info !== undefined &&
                cursor.info.members?.includes(options.self) !== true;
              if (isOutside(event, options.self)) return admitNow(event, cursor);
              // Of an own message the conversation need not be known; but what was missed comes before it.
              if (!behind && (own || (!unknown && !stale))) return admitNow(event, cursor);
              return admitAll(concat(lookUp(cursor, stale), behind ? catchUp(cursor, opened, undefined) : EMPTY, of(event)));
            }
          }
        };

        /** Conversations never heard of with unread messages after a break were missed whole. */
        const discovered$ = arriving$.pipe(
          filter((event) => event._tag === 'UnreadCounts'),
          mergeMap(({ counts }) => counts),
          filter(({ conversationId, count }) => count > 0 && !cursors.has(conversationId)),
          map(({ conversationId }): Task => ({ _tag: 'Discover', conversationId })),
        );
        /** Comes first, so that nothing live is before it. */
        const roomGap$ = defer(() => {
          const room = options.room();
          return room === undefined || !opened.resumed
            ? EMPTY
            : of<Gap>({ _tag: 'Gap', conversationId: room, from: cursorOf(room).position, to: opened.at, cause: 'room' });
        });
        const refreshing$ = from(known.map((conversationId): Task => ({ _tag: 'Refresh', conversationId })));
        const live$ = arriving$.pipe(
          tap((event) => {
            wait(event, opened);
          }),
        );
        const tasks$: Observable<Task | Arriving> = opened.resumed ? merge(roomGap$, refreshing$, live$, discovered$) : arriving$;

        return tasks$.pipe(concatMapByKey((task) => ('conversationId' in task ? task.conversationId : undefined), project));
      };

      return new Observable<ClientEvent>((subscriber) => {
        let current: { readonly arriving: Subject<Arriving>; readonly subscription: Subscription } | undefined;
        const drop = (): void => {
          current?.subscription.unsubscribe();
          current = undefined;
        };
        const open = (opened: Opened): void => {
          drop();
          const arriving = new Subject<Arriving>();
          const subscription = new Subscription();
          const known = opened.resumed ? [...cursors.keys()] : [];
          current = { arriving, subscription };
          subscriber.next(opened);
          if (known.length === 0) subscriber.next(CAUGHT_UP);
          subscription.add(
            during(opened, known, arriving).subscribe((event) => {
              subscriber.next(event);
            }),
          );
        };
        subscriber.add(drop);
        subscriber.add(
          input$.subscribe({
            next: (input) => {
              if (input._tag === 'Dropped') drop();
              else if (input._tag === 'Opened') open(input);
              else if (input._tag === 'Follow') cursorOf(input.conversationId);
              else current?.arriving.next(input);
            },
            error: (error: unknown) => {
              subscriber.error(error);
            },
            complete: () => {
              subscriber.complete();
            },
          }),
        );
      });
    });
