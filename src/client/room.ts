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
  mergeMap,
  mergeWith,
  repeat,
  share,
  switchMap,
  takeUntil,
  throwError,
} from 'rxjs';
import { modifications, shareLatest, type ConversationEvent, type Message, type Modification } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { ServerRejected, toRealtimeError } from '../errors.js';
import type { Fault } from '../faults.js';
import { isInterruption } from '../session/catch-up.js';
import type { Conversation } from './conversation.js';
import type { SigningLink } from './link.js';
import { addMembers, countMembers, removeMembers } from './membership.js';

/**
 * A handle on a chat room. Making one sends nothing. Its streams are leases: the first subscription to one of them enters the room, and the room is left when the last has been gone for the realtime's grace. A client
 * is in one room at a time: entering another leaves the first, whose streams complete. After a break it is entered again, with a `Gap` in `events$`, since a room tells nobody what was said meanwhile; `history` has it.
 * They error with `ServerRejected` where the room does not let this client in (4303 no such room, 4315 blocked).
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
   * What is said in the room, without replay.
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

export const createRooms = ({ link, open$, clock, grace, report, conversation }: RoomsOptions): Rooms => {
  const current = new BehaviorSubject<string | undefined>(undefined);
  const leases = new Map<string, Observable<never>>();

  const failed = (conversationId: string, thrown: unknown): void => {
    report({ _tag: 'CatchUp', clientId: link.clientId, conversationId, error: toRealtimeError(thrown) });
  };

  /** Who is not let in hears why. */
  const enter = (id: string): Observable<never> =>
    addMembers(link, id, [link.clientId]).pipe(
      mergeMap(({ failed: [no] }) => (no === undefined ? EMPTY : throwError(() => new ServerRejected(no.code, no.reason, no.detail)))),
      catchError((thrown: unknown) => {
        const error = toRealtimeError(thrown);
        if (error._tag === 'ServerRejected' || error._tag === 'SignatureFailed' || error._tag === 'InvalidArgument')
          return throwError(() => error);
        // The next session enters again.
        if (!isInterruption(error)) failed(id, error);
        return EMPTY;
      }),
    );

  /** Nobody waits for it, and a connection that is gone has left the room by itself. */
  const leave = (id: string): void => {
    removeMembers(link, id, [link.clientId]).subscribe({ error: () => undefined });
  };

  /** Who is blocked is out, and hears why. */
  const expulsion = (id: string): Observable<never> =>
    conversation(id).events$.pipe(
      filter((event) => event._tag === 'Blocked' && event.members.includes(link.clientId)),
      mergeMap(() => throwError(() => new ServerRejected(BLOCKED, 'CONVERSATION_BLACKLISTED', 'you were blocked in this chat room'))),
      mergeWith(NEVER),
    );

  const hold = (id: string): Observable<never> =>
    defer(() => {
      current.next(id);
      return open$.pipe(
        switchMap((open) => (open ? enter(id) : EMPTY)),
        mergeWith(expulsion(id)),
        takeUntil(current.pipe(filter((other) => other !== id))),
        finalize(() => {
          leases.delete(id);
          if (current.value !== id) return;
          current.next(undefined);
          leave(id);
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
    current: () => current.value,
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
