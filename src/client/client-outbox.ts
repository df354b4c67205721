/** The outbox of a client: what waits for a connection, and what a storage has kept of it. */
import {
  AsyncSubject,
  EMPTY,
  endWith,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  type Observable,
  type Subscription,
} from 'rxjs';
import { defined } from '../../codecs/defined.js';
import type { ClientEvent } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { SessionClosed, type RealtimeError } from '../errors.js';
import { createOutbox, type Outbox, type OutboxBounds } from '../outbox/outbox.js';
import type { StoredSend } from '../outbox/outbox-storage.js';
import { ownerOf, storageKeeper, type KeptEntry } from '../outbox/storage-keeper.js';
import type { ClientStatus } from './client-status.js';

export interface ClientOutboxOptions {
  /** Nothing where messages fail while there is no connection. */
  readonly bounds: OutboxBounds | undefined;
  readonly appId: string;
  readonly clientId: string;
  /** How long the server and the storage may take to answer, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly log$: Observable<ClientEvent>;
  readonly status$: Observable<ClientStatus>;
  /** Hears of what the storage could not do. */
  readonly report: (error: RealtimeError) => void;
}

export interface ClientOutbox {
  /** Where messages wait; nothing where they fail while there is no connection. */
  readonly outbox: Outbox<KeptEntry> | undefined;
  /** Hands the messages that the storage has kept to `send`, before any new message. */
  readonly restore: (send: (message: StoredSend) => void) => void;
  /** Completes when `restore` has handed on all of them; late subscribers too. Never errors. */
  readonly restored$: Observable<never>;
  /** Ends with the client. */
  readonly sending: Subscription | undefined;
}

const caughtUp = (log$: Observable<ClientEvent>): Observable<ClientEvent> =>
  log$.pipe(filter(({ _tag }) => _tag === 'CaughtUp'));

/** The outbox may write: the session is open, and what was missed is in the log. Errors when the client is closed. */
const readiness = (log$: Observable<ClientEvent>, status$: Observable<ClientStatus>): Observable<boolean> =>
  merge(
    caughtUp(log$).pipe(map(() => true)),
    status$.pipe(
      mergeMap((status) => {
        if (status._tag === 'Closed') throw new SessionClosed(status.code, status.reason);
        return status._tag === 'Open' ? EMPTY : of(false);
      }),
    ),
  );

/** Creates the outbox of a client, if it has one. */
export const clientOutbox = (options: ClientOutboxOptions): ClientOutbox => {
  const { bounds, timeout, clock, report } = options;
  if (bounds === undefined)
    return { outbox: undefined, restore: () => undefined, restored$: EMPTY, sending: undefined };
  const { storage } = bounds;
  const until$ = options.status$.pipe(ignoreElements(), endWith(true));
  const [keeper, kept$] =
    storage === undefined
      ? []
      : storageKeeper({
          storage,
          owner: ownerOf(options.appId, options.clientId),
          timeout,
          clock,
          report,
          until$,
          again$: caughtUp(options.log$),
        });
  const [outbox, sending, restore] = createOutbox<KeptEntry>({
    bounds,
    ready$: readiness(options.log$, options.status$),
    clock,
    patience: timeout,
    ...defined({ keeper }),
  });
  if (kept$ === undefined) return { outbox, sending, restore: () => undefined, restored$: EMPTY };
  const restored = new AsyncSubject<never>();
  return {
    outbox,
    sending,
    restored$: restored.asObservable(),
    restore: (send) => {
      restore(
        kept$.pipe(
          filter((messages) => {
            messages.forEach(send);
            if (messages.length === 0) restored.complete();
            return messages.length === 0;
          }),
        ),
      );
    },
  };
};
