/** Chat rooms: being in one is a subscription. */
import {
  BehaviorSubject,
  EMPTY,
  NEVER,
  Observable,
  catchError,
  defer,
  distinctUntilChanged,
  filter,
  finalize,
  from,
  map,
  merge,
  mergeMap,
  mergeWith,
  of,
  pairwise,
  repeat,
  share,
  switchMap,
  takeUntil,
  takeWhile,
  throwError,
} from 'rxjs';
import { modifications, shareLatest, type ConversationEvent, type Message, type Modification } from '../../../streams/index.js';
import type { Clock } from '../../clock.js';
import { ServerRejected, toRealtimeError } from '../../errors.js';
import type { Fault } from '../../faults.js';
import { isInterruption } from '../../session/catch-up.js';
import type { Conversation } from '../conversation/conversation.js';
import type { SigningLink } from '../link.js';
import { addMembers, countMembers, removeMembers } from '../members/membership.js';

/**
 * A handle on a chat room. Making one sends nothing. Its streams are leases: the first subscription to one of them enters the room, and the room is left when the last has been gone for the realtime's grace. A client
 * is in one room at a time: entering another leaves the first, whose streams complete. After a break of under 30 minutes it is entered again, with a `Gap` in `events$`, since a room tells nobody what was said meanwhile;
 * `history` has it. After a longer one it is not, and they complete once the session is open: whoever wants to be in it all the same subscribes again. They complete too where the room is ended by the back end, and error
 * with `ServerRejected` where it does not let this client in (4303 no such room, 4315 blocked).
 */
export interface Room extends Pick<
  Conversation,
  | 'id'
  | 'state$'
  | 'send'
  | 'recall'
  | 'edit'
  | 'count'
  | 'update'
  | 'history'
  | 'historyPages'
  | 'historyIterator'
  | 'silence'
  | 'unsilence'
  | 'silenced'
  | 'block'
  | 'unblock'
  | 'blocked'
> {
  /**
   * What is said in the room, without replay. A lease: completes and errors as the room says above.
   *
   * @example client.room(id).messages$.pipe(ofType(TextType)).subscribe(({ body }) => fly(body.text));
   */
  readonly messages$: Observable<Message>;
  /** The room's log, without replay: messages (those sent by this client too), edits, recalls, changes of attributes, and a `Gap` after each break. */
  readonly events$: Observable<ConversationEvent>;
  /** Edits and recalls, without replay. */
  readonly modifications$: Observable<Modification>;
  /** How many clients are in the room, this one among them or not; replayed. Not a lease: the server is asked every 10 s while somebody is subscribed. Never errors. */
  readonly online$: Observable<number>;
}

export interface RoomsOptions {
  readonly link: SigningLink;
  /** Whether the session is open; repeats nothing. */
  readonly open$: Observable<boolean>;
  readonly clock: Clock;
  /** How long a room is kept after its last subscriber, ms. */
  readonly grace: number;
  readonly report: (fault: Fault) => void;
  /** The same room as a conversation. */
  readonly conversation: (id: string) => Conversation;
}

export interface Rooms {
  readonly room: (id: string) => Room;
  /** The room that the client is in. */
  readonly current: () => string | undefined;
}

const BLOCKED = 4315;
/** How often the number of clients is asked for, ms. */
const COUNT_PERIOD = 10_000;
/** After a break of this length a room is entered by itself no more, ms. */
const LONG_BREAK = 30 * 60_000;

/** One stay in a room: two of the same room, one right after the other, are told apart. */
interface Stay {
  readonly id: string;
}

export const createRooms = ({ link, open$, clock, grace, report, conversation }: RoomsOptions): Rooms => {
  const current = new BehaviorSubject<Stay | undefined>(undefined);
  /** Where the server may have this client: it keeps a room through a break, and what it has made of a command that was interrupted nobody knows. */
  const maybeIn = new Set<string>();
  const leases = new Map<string, Observable<never>>();

  const failed = (conversationId: string, thrown: unknown): void => {
    report({ _tag: 'CatchUp', clientId: link.clientId, conversationId, error: toRealtimeError(thrown) });
  };

  /** Who is not let in hears why. */
  const enter = (id: string): Observable<never> =>
    defer(() => {
      maybeIn.add(id);
      return addMembers(link, id, [link.clientId]);
    }).pipe(
      mergeMap(({ failed: [no] }) => {
        if (no !== undefined) return throwError(() => new ServerRejected(no.code, no.reason, no.detail));
        // By that it has left any other.
        maybeIn.clear();
        maybeIn.add(id);
        return EMPTY;
      }),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (error._tag === 'ServerRejected' || error._tag === 'SignatureFailed' || error._tag === 'InvalidArgument')
          return throwError(() => error);
        // The next session enters again.
        if (!isInterruption(error)) failed(id, error);
        return EMPTY;
      }),
    );

  const entered$ = current.pipe(filter((stay) => stay !== undefined));
  /** Signs no longer than until a room is entered: a command that is late would take the client out of it again. One that is on its way comes before. */
  const leaving: SigningLink = { ...link, sign: (request) => link.sign(request).pipe(takeUntil(entered$)) };

  /** Emits once the server has answered, whatever it says: whether there is more to leave. Nothing where it has not. */
  const leave = (id: string): Observable<boolean> =>
    removeMembers(leaving, id, [link.clientId]).pipe(
      catchError((thrown: unknown) => (toRealtimeError(thrown)._tag === 'ServerRejected' ? of(undefined) : EMPTY)),
      map(() => {
        if (current.value?.id !== id) maybeIn.delete(id);
        return maybeIn.size > 0;
      }),
    );

  /** Leaves wherever the server may have this client: with each session until it is done, or a room is entered. Nobody waits for it. */
  const leaveAll = (): void => {
    if (maybeIn.size === 0) return;
    // What is on its way is waited for all the same: its answer would be nobody's.
    const outside$ = open$.pipe(takeUntil(entered$));
    outside$
      .pipe(
        switchMap((open) => (open ? from([...maybeIn]).pipe(mergeMap(leave)) : EMPTY)),
        takeWhile((more) => more),
      )
      .subscribe();
  };

  /** Emits where the client is put out, and errors where it was blocked: who is blocked hears why. */
  const expulsion = (id: string): Observable<unknown> =>
    conversation(id).events$.pipe(
      // Who leaves by himself knows; that he did may be told when he is in it again.
      filter(
        (event) =>
          (event._tag === 'Blocked' || (event._tag === 'Left' && event.by !== link.clientId)) && event.members.includes(link.clientId),
      ),
      mergeMap((event) => {
        maybeIn.delete(id);
        return event._tag === 'Blocked'
          ? throwError(() => new ServerRejected(BLOCKED, 'CONVERSATION_BLACKLISTED', 'you were blocked in this chat room'))
          : of(event);
      }),
    );

  /** Emits with the session that follows a long break; to wait for the first one is none. */
  const longBreak$ = open$.pipe(
    map((open) => ({ open, at: clock.elapsed() })),
    pairwise(),
    filter(([before, { open, at }], index) => index > 0 && open && at - before.at >= LONG_BREAK),
  );

  const hold = (id: string): Observable<never> =>
    defer(() => {
      const stay: Stay = { id };
      current.next(stay);
      const replaced$ = current.pipe(filter((other) => other !== stay));
      return open$.pipe(
        switchMap((open) => (open ? enter(id) : EMPTY)),
        mergeWith(NEVER),
        // Before the room would be entered: what ends it hears of a session first.
        takeUntil(merge(replaced$, longBreak$, expulsion(id))),
        // Those who subscribe again at once may be in the same room by now.
        finalize(() => {
          if (current.value === stay) {
            current.next(undefined);
            leaveAll();
          }
          if (current.value?.id !== id) leases.delete(id);
        }),
      );
    });

  const leaseOf = (id: string): Observable<never> => {
    const known$ = leases.get(id);
    if (known$ !== undefined) return known$;
    const lease$ = hold(id).pipe(share({ resetOnRefCountZero: () => clock.after(grace) }));
    leases.set(id, lease$);
    return lease$;
  };

  /** Listens before the room is entered, so that nothing is missed; ends with the lease. */
  const leased = <T>(id: string, stream$: Observable<T>): Observable<T> =>
    new Observable<T>((subscriber) => {
      subscriber.add(stream$.subscribe(subscriber));
      if (subscriber.closed) return;
      subscriber.add(
        leaseOf(id).subscribe({
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    });

  const online = (id: string): Observable<number> => {
    const asking$ = countMembers(link, id).pipe(
      catchError((thrown: unknown) => {
        if (!isInterruption(toRealtimeError(thrown))) failed(id, thrown);
        return EMPTY;
      }),
      repeat({ delay: () => clock.after(COUNT_PERIOD) }),
    );
    return open$.pipe(
      switchMap((open) => (open ? asking$ : EMPTY)),
      distinctUntilChanged(),
      shareLatest(),
    );
  };

  return {
    current: () => current.value?.id,
    room: (id) => {
      const handle = conversation(id);
      const { events$, messages$ } = handle;
      return {
        ...handle,
        messages$: leased(id, messages$),
        events$: leased(id, events$),
        modifications$: leased(id, events$.pipe(modifications())),
        online$: online(id),
      };
    },
  };
};
