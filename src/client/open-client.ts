/** Puts a client together: session, inbox, derived streams, commands. */
import {
  EMPTY,
  Observable,
  ReplaySubject,
  Subject,
  distinctUntilChanged,
  filter,
  map,
  merge,
  mergeMap,
  of,
  tap,
} from 'rxjs';
import type { BodyCodec, ServerCommand } from '../../codecs/index.js';
import { defined } from '../../codecs/defined.js';
import type { ClientEvent } from '../../streams/index.js';
import type { Connection } from '../connection/connection.js';
import type { ConnectionEvent } from '../connection/state.js';
import { SessionClosed, toRealtimeError } from '../errors.js';
import type { HttpApiOptions } from '../http-api.js';
import { decorate } from '../plugins/decorate.js';
import { createPipeline } from '../plugins/pipeline.js';
import type { Plugin } from '../plugins/plugin.js';
import { behindWhatHasCome, type Barrier } from '../session/barrier.js';
import type { CatchUpOptions } from '../session/catch-up.js';
import { acknowledgements, readMarks } from '../session/marks.js';
import { changeMark } from '../session/change-mark.js';
import { gatheredLookUps } from '../session/gathered-look-ups.js';
import { inbox } from '../session/inbox.js';
import { createOutbox, type OutboxBounds } from '../outbox/outbox.js';
import type { StoredSend } from '../outbox/outbox-storage.js';
import { ownerOf, storageKeeper, type KeptEntry } from '../outbox/storage-keeper.js';
import { patiently } from '../session/patience.js';
import { readPush } from '../session/push-events.js';
import { readInOrder, type Told } from '../session/read-in-order.js';
import type { ConversationSignatureFactory } from '../session/signature.js';
import type { MessageReader } from '../session/message-reader.js';
import { session, type SessionEvent, type SessionOptions } from '../session/session.js';
import { settling } from '../session/settle-after-login.js';
import type { Client } from './client.js';
import type { ClientStatus } from './client-status.js';
import { clientState } from './client-state.js';
import { conversationHandle } from './conversation/conversation-handle.js';
import { createWishes } from './conversation/wishes.js';
import { createClient } from './create-client.js';
import { messagesAfter } from './history/history.js';
import type { ClientInternals } from './internals.js';
import { createLink } from './link.js';
import { conversationsById, lookedUpOf } from './queries/conversations-by-id.js';
import { sendStored, senderIn } from './sending/send.js';
import type { UploadFile } from './sending/upload.js';

export interface ClientOptions extends Omit<SessionOptions, 'logout$' | 'keepToken' | 'changes'> {
  /** A new token for each message. */
  readonly mint: () => string;
  readonly outbox: OutboxBounds | undefined;
  readonly conversationSignature: ConversationSignatureFactory | undefined;
  readonly catchUpLimit: number;
  /** ms. */
  readonly commandTimeout: number;
  /** How long a chat room is kept after its last subscriber, ms. */
  readonly grace: number;
  readonly bodies: BodyCodec;
  readonly api: HttpApiOptions;
  readonly upload: UploadFile | undefined;
  readonly plugins: readonly Plugin[];
  /** How long a plugin may take for one message, ms. */
  readonly pluginTimeout: number;
}

const PAGE_SIZE = 100;
const MAX_LOOKED_UP = 100;
const CATCH_UP_CONCURRENCY = 4;

const toStatus = (event: SessionEvent | Barrier): ClientStatus | undefined => {
  switch (event._tag) {
    case 'Opened':
      return { _tag: 'Open' };
    case 'Dropped':
      return { _tag: 'Reopening' };
    case 'Closed':
      return event;
    default:
      return undefined;
  }
};

/**
 * Cold: logs a client in, emits it once it is open, and keeps it open while subscribed to; logs out when
 * unsubscribed. Completes when the client is logged out; errors with `SessionClosed` when it is displaced or kicked,
 * and with the reason where the first login is refused.
 */
export const openClient = (connection: Connection, options: ClientOptions): Observable<Client> =>
  new Observable<Client>((subscriber) => {
    const { clientId, clock, report, plugins } = options;
    const logout = new Subject<void>();
    // A late subscriber of a closed client still gets `Closed`: a BehaviorSubject would only complete.
    const status = new ReplaySubject<ClientStatus>(1);
    let current: ClientStatus = { _tag: 'Reopening' };
    const become = (next: ClientStatus): void => {
      current = next;
      status.next(next);
    };
    let token: string | undefined;
    let serverTime: (elapsed: number) => number = () => clock.now();
    const connectionEvents = new Subject<ConnectionEvent>();
    const told = new Subject<Told>();
    const log = new Subject<ClientEvent>();

    const pipeline = createPipeline(plugins, { timeout: options.pluginTimeout, clock, report });
    const reader: MessageReader = { self: clientId, bodies: options.bodies, report, pipeline };
    const signing = { factory: options.conversationSignature, timeout: options.signatureTimeout, clock };
    const link = createLink(connection, clientId, status, signing, report);
    const open$ = status.pipe(
      map(({ _tag }) => _tag === 'Open'),
      distinctUntilChanged(),
    );
    const changes = changeMark();
    const [state, keepingState] = clientState(clientId, log);
    const { outbox: bounds } = options;
    const [keeper, kept$] =
      bounds?.storage === undefined
        ? []
        : storageKeeper({
            storage: bounds.storage,
            owner: ownerOf(options.appId, clientId),
            timeout: options.commandTimeout,
            clock,
            report: (error) => {
              report({ _tag: 'Outbox', clientId, error });
            },
          });
    const [outbox, sending, restore] =
      bounds === undefined
        ? []
        : createOutbox<KeptEntry>({
            bounds,
            ready$: readiness(log, status),
            clock,
            patience: options.commandTimeout,
            ...defined({ keeper }),
          });

    /** The one way into the log: what is read in order, then put in order by the inbox. */
    const tell = (entry: Told): void => {
      if (current._tag !== 'Closed') told.next(entry);
    };
    const pageSize = Math.max(1, Math.min(PAGE_SIZE, options.catchUpLimit));
    const catchUp: CatchUpOptions = {
      pageAfter: (id, after) => messagesAfter(link, reader, id, after, pageSize).pipe(patiently(clock)),
      pageSize,
      catchUpLimit: options.catchUpLimit,
      onFailure: (conversationId, error) => {
        report({ _tag: 'CatchUp', clientId, conversationId, error });
      },
    };

    const internals: ClientInternals = {
      catchUp: {
        ...catchUp,
        pageAfter: (id, after) =>
          catchUp.pageAfter(id, after).pipe(
            behindWhatHasCome(id, (barrier) => {
              heard.receive(barrier);
            }),
          ),
      },
      clock,
      serverTime: () => serverTime(clock.elapsed()),
      link,
      api: options.api,
      token: () => token,
      reader,
      state,
      log$: log.asObservable(),
      open$,
      grace: options.grace,
      outbox,
      upload: options.upload,
      mint: options.mint,
      tell,
      report,
      wishes: createWishes(),
      room: { current: undefined },
      conversation: (id) =>
        decorate(
          conversationHandle(internals, id),
          plugins,
          ({ onConversation }) => onConversation,
          'onConversation',
          report,
        ),
    };

    const client: Client = decorate(
      createClient({
        internals,
        status$: status.asObservable(),
        connection$: connectionEvents.asObservable(),
        logout: () => {
          logout.next();
        },
      }),
      plugins,
      ({ onClient }) => onClient,
      'onClient',
      report,
    );

    /** Who has sent it is gone: what becomes of it is told by the log, and a failure by a fault. */
    const sendAgain = (message: StoredSend): void => {
      sendStored(senderIn(internals, message.conversationId), message).subscribe({
        error: (thrown: unknown) => {
          const error = toRealtimeError(thrown);
          if (current._tag !== 'Closed') report({ _tag: 'Outbox', clientId, error });
        },
      });
    };
    if (kept$ !== undefined)
      restore?.(
        kept$.pipe(
          tap((messages) => {
            messages.forEach(sendAgain);
          }),
        ),
      );

    const marks = merge(
      log.pipe(acknowledgements(clientId, (id) => !state.isRoom(id), { open$, clock })),
      log.pipe(readMarks({ open$, clock })),
    ).subscribe((command) => {
      connection.send({ ...command, peerId: clientId });
    });

    const logging = told
      .pipe(
        readInOrder(reader),
        inbox({
          lookUp: gatheredLookUps({
            lookUp: (ids) => conversationsById(link, ids).pipe(patiently(clock)),
            part: lookedUpOf,
            size: MAX_LOOKED_UP,
          }),
          ...catchUp,
          self: clientId,
          known: state.conversations.get,
          room: () => internals.room.current,
          changed: ({ id, editedAt = 0 }) => {
            changes.passed(id, editedAt);
          },
          concurrency: CATCH_UP_CONCURRENCY,
        }),
      )
      .subscribe(log);

    /** The client is of no more use: every stream completes, every command fails from now on. */
    const end = (closed: Extract<SessionEvent, { _tag: 'Closed' }>): void => {
      if (current._tag === 'Closed') return;
      become(closed);
      for (const stream of [status, told, connectionEvents, log]) stream.complete();
    };

    let announced = false;
    const hearing = connection.sessionEvents$.subscribe((event) => {
      if (announced && event._tag !== 'reconnect') connectionEvents.next(event);
    });

    const session$ = session(connection, {
      ...options,
      changes,
      logout$: logout,
      keepToken: (next) => {
        token = next;
      },
    });
    const hear = (event: SessionEvent | ServerCommand | Barrier): void => {
      if ('cmd' in event) {
        readPush(reader, event, tell);
        return;
      }
      if (event._tag === 'Closed') {
        end(event);
        if (event.code === 0) subscriber.complete();
        else subscriber.error(new SessionClosed(event.code, event.reason));
        return;
      }
      const next = toStatus(event);
      if (next !== undefined) become(next);
      if (event._tag === 'Opened') {
        serverTime = timeSince(event.at, clock.elapsed());
        if (announced) connectionEvents.next({ _tag: 'reconnect' });
        else {
          announced = true;
          subscriber.add(heard.begin());
          subscriber.next(client);
        }
      }
      tell(event);
    };
    const heard = settling(clock, hear);
    const living = session$.subscribe({
      next: (event) => {
        heard.receive(event);
      },
      error: (error: unknown) => {
        heard.end();
        subscriber.error(error);
      },
      complete: heard.end,
    });

    // First, so that whatever is derived of the log completes with it.
    subscriber.add(() => {
      end({ _tag: 'Closed', code: 0, reason: 'logged out' });
    });
    for (const part of [living, hearing, logging, marks, sending, keepingState]) subscriber.add(part);
  });

/** What a clock says that was at `at` when this one was at `start`. */
const timeSince =
  (at: number, start: number) =>
  (elapsed: number): number =>
    at + elapsed - start;

/** The outbox may write: the session is open and what was missed is in the log. Errors when the client is closed. */
const readiness = (log$: Observable<ClientEvent>, status$: Observable<ClientStatus>): Observable<boolean> =>
  merge(
    log$.pipe(
      filter(({ _tag }) => _tag === 'CaughtUp'),
      map(() => true),
    ),
    status$.pipe(
      mergeMap((status) => {
        if (status._tag === 'Closed') throw new SessionClosed(status.code, status.reason);
        return status._tag === 'Open' ? EMPTY : of(false);
      }),
    ),
  );
