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
  type OperatorFunction,
} from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';
import {
  comparePositions,
  concatMapByKey,
  isConversationEvent,
  limitConcurrency,
  type ClientEvent,
  type ConversationEvent,
  type Gap,
  type Message,
  type Position,
  type Projected,
} from '../../streams/index.js';
import { toRealtimeError } from '../errors.js';
import { isInterruption, missed, type CatchUpOptions } from './catch-up.js';
import { lookUpAll, NOTHING_KNOWN, type LookUp } from './look-up.js';
import { changesBetween, newsAfter, type News } from './missed-changes.js';
import { recentIds, type RecentIds } from './recent-ids.js';

/** What the inbox is fed with: the log as it arrives, the word that the connection is gone, and what is followed. */
export type InboxInput =
  | { readonly _tag: 'Dropped' }
  /** Somebody follows a conversation: it is caught up after a break whether anything of it was heard before or not. */
  | { readonly _tag: 'Follow'; readonly conversationId: string }
  | ClientEvent;

export interface InboxOptions extends CatchUpOptions {
  /** The client's own id. */
  readonly self: string;
  /** The conversations of these ids, as the server describes them now. */
  readonly lookUp: LookUp;
  /** What is known of a conversation by all that has been passed on. */
  readonly known: (id: string) => ConversationInfo | undefined;
  /** The chat room that the client is in, where it is in one: what is said there during a break is a `Gap`. */
  readonly room: () => string | undefined;
  /** Hears of each edit and recall that is passed on, or that was before. */
  readonly changed: (message: Message) => void;
  /** So many conversations are caught up at a time. */
  readonly concurrency: number;
}

type Opened = Extract<ClientEvent, { _tag: 'Opened' }>;

/** What is done for one conversation, one after the other: `Refresh` what was known before a break, `Discover` what was not. */
type Task = ConversationEvent | { readonly _tag: 'Refresh' | 'Discover'; readonly conversationId: string };

/** What the inbox knows of one conversation. */
interface Cursor {
  readonly id: string;
  /** The newest message that has been passed on: the next catch-up starts behind it. */
  position: Position;
  /** The newest of all that have passed, own messages included: what is behind it has not been seen. */
  newest: Position;
  /** Ids of messages that have been passed on, and their versions: servers deliver at least once. */
  readonly seen: RecentIds;
  /** An own message of this session, and how many have come since. */
  own: { readonly at: Position; readonly session: number; readonly count: number } | undefined;
  /** The last session, counted from 1, in which nothing of this conversation is missing. */
  caughtUpIn: number;
  /** The last session in which it was looked up. */
  lookedUpIn: number;
  info: ConversationInfo | undefined;
  /** The client was told that it is out. */
  isOut: boolean;
  /** What is new of a change that is pushed, where the conversation was found changed after the last break. */
  news: News | undefined;
}

/** As many ids as can be pushed while a long catch-up is under way. */
const SEEN_AT_MOST = 2_048;
/** A message is acknowledged to its sender at most so many messages before an earlier one is pushed to him. */
const LATE = 64;

const CAUGHT_UP: ClientEvent = { _tag: 'CaughtUp' };

/** Of chat rooms and system conversations nobody is told the members. */
const hasMembers = ({ kind }: ConversationInfo): boolean => kind === 'ordinary' || kind === 'temporary';

const isMember = ({ members = [] }: ConversationInfo, self: string): boolean => members.includes(self);

const snapshotOf = (info: ConversationInfo): ConversationEvent => ({ _tag: 'Snapshot', conversationId: info.id, info });

/** Notes a change; false for one that has passed: who logs in again is told of changes once more rather than not at all. A message that has come with the change is none: who had it before passes it over, and needs the change. */
const isNewVersion = (message: Message, seen: RecentIds): boolean => {
  if (message.editedAt === undefined) return true;
  const version = `${message.id} ${String(message.editedAt)}`;
  if (seen.has(version)) return false;
  seen.add(version);
  return true;
};

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

      const cursorOf = (id: string): Cursor => {
        const known = cursors.get(id);
        if (known !== undefined) return known;
        const start: Position = { timestamp: baseline, id: '' };
        const cursor: Cursor = {
          id,
          position: start,
          newest: start,
          seen: recentIds(SEEN_AT_MOST),
          own: undefined,
          caughtUpIn: 0,
          lookedUpIn: 0,
          info: undefined,
          isOut: false,
          news: undefined,
        };
        cursors.set(id, cursor);
        return cursor;
      };

      const reach = (cursor: Cursor, position: Position): void => {
        if (comparePositions(position, cursor.position) > 0) cursor.position = position;
      };
      /** An own message says nothing about those of others before it, which may still be on their way; but they are not as late as all that. */
      const passOwn = (cursor: Cursor, position: Position): void => {
        const { own } = cursor;
        if (own?.session !== session) cursor.own = { at: position, session, count: 0 };
        else if (own.count < LATE) cursor.own = { ...own, count: own.count + 1 };
        else {
          reach(cursor, own.at);
          cursor.own = { at: position, session, count: 0 };
        }
      };

      /** Notes what passes; false for what has passed before. */
      const admit = (event: ConversationEvent, cursor = cursorOf(event.conversationId)): boolean => {
        if (event._tag === 'Snapshot') cursor.info = event.info;
        // Who is a member no more is told of nothing: what is known is of no use when he comes back.
        if (event._tag === 'Left' && event.members.includes(options.self)) {
          cursor.info = undefined;
          cursor.lookedUpIn = 0;
          cursor.isOut = true;
        }
        if (event._tag === 'Edit' || event._tag === 'Recall') {
          options.changed(event.message);
          return isNewVersion(event.message, cursor.seen);
        }
        // What is declared missing stays so: it would come behind what is newer. The first message behind what is gone is still to come.
        if (event._tag === 'Gap') reach(cursor, { timestamp: event.cause === 'gone' ? event.to : event.to + 1, id: '' });
        if (event._tag !== 'Message' || event.message.transient) return true;
        const { message } = event;
        // Not the message itself, which would be kept for as long.
        const position: Position = { timestamp: message.timestamp, id: message.id };
        const isKnown = comparePositions(position, cursor.newest) <= 0 && cursor.seen.has(message.id);
        if (comparePositions(position, cursor.newest) > 0) cursor.newest = position;
        if (!isKnown) cursor.seen.add(message.id);
        if (event.origin === 'sent') passOwn(cursor, position);
        else reach(cursor, position);
        return !isKnown;
      };

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
              ),
          defer(() => {
            cursor.caughtUpIn = session;
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
      const during = (opened: Opened, known: readonly string[], arriving$: Observable<ClientEvent>): Observable<ClientEvent> => {
        session += 1;
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
              cursor.caughtUpIn = session;
              left -= 1;
              return left === 0 ? of(CAUGHT_UP) : EMPTY;
            }),
          );

        const admitAll = (events$: Observable<ClientEvent>): Projected<ClientEvent> => ({
          later: events$.pipe(filter((event) => !isConversationEvent(event) || admit(event))),
        });
        const admitNow = (event: ConversationEvent, cursor: Cursor): Projected<ClientEvent> =>
          admit(event, cursor) ? { now: event } : undefined;

        const project = (task: Task | ClientEvent): Projected<ClientEvent> => {
          if (!('conversationId' in task)) return { now: task };
          const cursor = cursorOf(task.conversationId);
          const behind = opened.resumed && cursor.caughtUpIn < session && cursor.info?.kind !== 'room';
          switch (task._tag) {
            case 'Refresh':
              return admitAll(refresh(cursor));
            case 'Discover':
              return behind ? admitAll(concat(lookUp(cursor), catchUp(cursor, opened, undefined))) : undefined;
            case 'Snapshot':
              return admitNow(task, cursor);
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
        const tasks$: Observable<Task | ClientEvent> = opened.resumed ? merge(roomGap$, refreshing$, arriving$, discovered$) : arriving$;

        return tasks$.pipe(concatMapByKey((task) => ('conversationId' in task ? task.conversationId : undefined), project));
      };

      return new Observable<ClientEvent>((subscriber) => {
        let current: { readonly arriving: Subject<ClientEvent>; readonly subscription: Subscription } | undefined;
        const drop = (): void => {
          current?.subscription.unsubscribe();
          current = undefined;
        };
        const open = (opened: Opened): void => {
          drop();
          const arriving = new Subject<ClientEvent>();
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
