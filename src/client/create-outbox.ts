/** The outbox of a client: what waits for a connection, and what a storage has kept of it. */
import {
  EMPTY,
  Subject,
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
import { toStored, type WireBody } from '../../codecs/index.js';
import { defined } from '../../codecs/defined.js';
import type { ClientEvent } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { SessionClosed, toRealtimeError, type RealtimeError } from '../errors.js';
import { outboxQueue, type OutboxEntry, type OutboxOptions, type OutboxQueue, type Outcome } from '../outbox/outbox.js';
import type { StoredSend } from '../outbox/outbox-storage.js';
import { ownerOf, storageKeeper, type KeptEntry } from '../outbox/storage-keeper.js';
import type { ClientStatus } from './client-status.js';
import type { ClientInternals } from './internals.js';
import type { SendOptions } from './sending/send-options.js';
import { sendStored, senderIn } from './sending/send.js';

/** What a client gives its outbox. */
interface OutboxClient {
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

/** A message that may wait. */
interface WaitingSend extends OutboxEntry {
  readonly token: string;
  readonly wire: WireBody;
  readonly options: SendOptions;
}

/** The outbox of one client. */
export interface ClientOutbox {
  /** As `OutboxQueue.send`. */
  readonly send: (message: WaitingSend, outcome: Outcome, until: Subscription) => void;
  /** Sends the messages that the storage has kept, before any new message. */
  readonly restore: (client: ClientInternals, isClosed: () => boolean) => void;
  /** Completes when `restore` has handed on all of them; late subscribers too. Never errors. */
  readonly restored$: Observable<never>;
  /**
   * Cold: emits when a message that was given up is gone from the storage, then completes. Errors with `StorageFailed`.
   */
  readonly gone: (token: string) => Observable<unknown>;
  /** Ends with the client. */
  readonly sending: Subscription;
}

/** An outbox, made with `createOutbox`. Each client has one of its own. */
export interface Outbox {
  readonly _tag: 'Outbox';
  /** @internal */
  readonly open: (client: OutboxClient) => ClientOutbox;
}

const caughtUp = (log$: Observable<ClientEvent>): Observable<ClientEvent> =>
  log$.pipe(filter(({ _tag }) => _tag === 'CaughtUp'));

/** The outbox may write: the session is open, and what was missed is in the log. Errors when the client is closed. */
const readiness = ({ log$, status$ }: OutboxClient): Observable<boolean> =>
  merge(
    caughtUp(log$).pipe(map(() => true)),
    status$.pipe(
      mergeMap((status) => {
        if (status._tag === 'Closed') throw new SessionClosed(status.code, status.reason);
        return status._tag === 'Open' ? EMPTY : of(false);
      }),
    ),
  );

/** Sends of a client through its queue. A message is stored without `transient` and `will`: those never wait. */
export const sendThrough =
  (queue: OutboxQueue<KeptEntry>, clock: Pick<Clock, 'now'>): ClientOutbox['send'] =>
  ({ token, wire, options: { transient: _now, will: _end, ...options }, ...entry }, outcome, until) => {
    queue.send(
      {
        ...entry,
        message: { token, conversationId: entry.conversationId, at: clock.now(), body: toStored(wire), options },
      },
      outcome,
      until,
    );
  };

/**
 * An outbox for the option `outbox`: messages that are sent while disconnected wait, and are sent after the reconnect,
 * in order, each of them once.
 *
 * @example const realtime = createRealtime({ appId, server, outbox: createOutbox({ maxAge: 60_000 }) });
 */
export const createOutbox = (bounds: OutboxOptions = {}): Outbox => ({
  _tag: 'Outbox',
  open: (client) => {
    const { clientId, timeout, clock, report } = client;
    const { storage } = bounds;
    const until$ = client.status$.pipe(ignoreElements(), endWith(true));
    const [keeper, kept$ = of([]), gone = () => of(undefined)] =
      storage === undefined
        ? []
        : storageKeeper({
            storage,
            owner: ownerOf(client.appId, clientId),
            timeout,
            clock,
            report,
            until$,
            again$: caughtUp(client.log$),
          });
    const [queue, sending, restore] = outboxQueue<KeptEntry>({
      bounds,
      ready$: readiness(client),
      clock,
      patience: timeout,
      ...defined({ keeper }),
    });
    const restored = new Subject<never>();
    return {
      send: sendThrough(queue, clock),
      sending,
      gone,
      restored$: restored.asObservable(),
      restore: (internals, isClosed) => {
        /** Nobody waits for it: the log tells what becomes of it, and a fault if it fails. */
        const send = (message: StoredSend): void => {
          sendStored(senderIn(internals, message.conversationId), message).subscribe({
            error: (thrown: unknown) => {
              const error = toRealtimeError(thrown);
              if (!isClosed() && error._tag !== 'Discarded') report(error);
            },
          });
        };
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
  },
});
