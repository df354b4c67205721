/** Puts a client together: session, inbox, derived streams, commands. */
import { EMPTY, Observable, ReplaySubject, Subject, distinctUntilChanged, map, merge } from 'rxjs';
import type { BodyCodec, ServerCommand } from '../../codecs/index.js';
import type { ClientEvent } from '../../streams/index.js';
import { Relay } from '../../streams/relay.js';
import type { Connection } from '../connection/connection.js';
import type { ConnectionEvent } from '../connection/state.js';
import { SessionClosed, toRealtimeError } from '../errors.js';
import type { HttpApiOptions } from '../http-api.js';
import type { ClientLimits } from '../limits.js';
import { decorate } from '../plugins/decorate.js';
import { createPipeline } from '../plugins/pipeline.js';
import type { Plugin } from '../plugins/plugin.js';
import { behindWhatHasCome, type Barrier } from '../session/barrier.js';
import { acknowledgements, readMarks } from '../session/marks.js';
import { changeMark } from '../session/change-mark.js';
import { readPush } from '../session/push-events.js';
import type { Told } from '../session/read-in-order.js';
import type { ConversationSignatureFactory } from '../session/signature.js';
import type { MessageReader } from '../session/message-reader.js';
import { session, type SessionEvent, type SessionOptions } from '../session/session.js';
import { settling } from '../session/settle-after-login.js';
import type { Client } from './client.js';
import type { ClientStatus } from './client-status.js';
import { catchUpBy, clientLog } from './client-log.js';
import { clientState } from './client-state.js';
import { conversationHandle } from './conversation/conversation-handle.js';
import { createWishes } from './conversation/wishes.js';
import { createClient } from './create-client.js';
import type { Outbox } from './create-outbox.js';
import type { ClientInternals } from './internals.js';
import { createLink } from './link.js';
import { isOffline } from './held-messages.js';
import { guarded } from '../thrown.js';
import type { UploadFile } from './sending/upload.js';

export interface ClientOptions extends Omit<SessionOptions, 'logout$' | 'keepToken' | 'changes'> {
  /** A new token for each message. */
  readonly mint: () => string;
  /** Nothing where messages fail while there is no connection. */
  readonly outbox: Outbox | undefined;
  readonly conversationSignature: ConversationSignatureFactory | undefined;
  readonly catchUpLimit: number;
  /** ms. */
  readonly commandTimeout: number;
  /** How long a chat room is kept after its last subscriber, ms. */
  readonly grace: number;
  readonly bodies: BodyCodec;
  readonly limits: Required<ClientLimits>;
  readonly api: HttpApiOptions;
  readonly upload: UploadFile | undefined;
  readonly plugins: readonly Plugin[];
  /** How long a plugin may take for one message, ms. */
  readonly pluginTimeout: number;
}

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
 * Cold: emits a client at once, logs it in, and keeps it open while subscribed to; logs out when unsubscribed. Its
 * status tells when it is open. Completes when the client is logged out; errors with `SessionClosed` when it is
 * displaced or kicked, and with the reason where the first login is refused.
 */
export const openClient = (connection: Connection, options: ClientOptions): Observable<Client> =>
  new Observable<Client>((subscriber) => {
    const { clientId, clock, report, plugins, limits } = options;
    const logout = new Subject<void>();
    /** Completes when the session has ended. */
    const over = new Subject<never>();
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
    const log = new Relay<ClientEvent>();

    const pipeline = createPipeline(plugins, { timeout: options.pluginTimeout, clock, report });
    const reader: MessageReader = { self: clientId, bodies: options.bodies, report, pipeline };
    const signing = { factory: options.conversationSignature, timeout: options.signatureTimeout, clock };
    const link = createLink(connection, clientId, () => current, signing, report);
    const open$ = status.pipe(
      map(({ _tag }) => _tag === 'Open'),
      distinctUntilChanged(),
    );
    const changes = changeMark();
    const [state, keepingState, show] = clientState(clientId, log.stream$, { clock, limits, report });
    const outbox = options.outbox?.open({
      appId: options.appId,
      clientId,
      timeout: options.commandTimeout,
      clock,
      log$: log.stream$,
      status$: status,
      report: (error) => {
        report({ _tag: 'Outbox', clientId, error });
      },
    });

    /** The one way into the log. */
    const tell = (entry: Told): void => {
      if (current._tag !== 'Closed') logging.tell(entry);
    };
    const catchUp = catchUpBy(link, reader, options);

    const internals: ClientInternals = {
      catchUp: {
        ...catchUp,
        pageAfter: (...page) =>
          catchUp.pageAfter(...page).pipe(
            behindWhatHasCome(page[0], (barrier) => {
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
      log$: log.stream$,
      open$,
      grace: options.grace,
      outbox,
      restored$: outbox?.restored$ ?? EMPTY,
      upload: options.upload,
      mint: options.mint,
      tell,
      report,
      changes,
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
          end({ _tag: 'Closed', code: 0, reason: 'logged out' });
          return over;
        },
      }),
      plugins,
      ({ onClient }) => onClient,
      'onClient',
      report,
    );

    /** The entries from which the marks for the server are made. */
    const [arrivals, reads] = [new Relay<ClientEvent>(), new Relay<ClientEvent>()];
    const marks = merge(
      arrivals.stream$.pipe(acknowledgements(clientId, (id) => !state.isRoom(id), { open$, clock })),
      reads.stream$.pipe(readMarks({ open$, clock })),
    ).subscribe((command) => {
      connection.send({ ...command, peerId: clientId });
    });
    marks.add(state.held.handedOut$.subscribe((event) => arrivals.next(event)));
    marks.add(
      log.stream$.subscribe({
        next: (event) => {
          if (event._tag === 'ReadMark') reads.next(event);
          else if (event._tag === 'Message' && !isOffline(event)) arrivals.next(event);
        },
        complete: () => {
          arrivals.end({});
          reads.end({});
        },
      }),
    );

    const room = (): string | undefined => internals.room.current;
    const logging = clientLog({ link, reader, clock, catchUp, state, room, changes, limits }, (event) => {
      log.next(event);
      show();
    });
    outbox?.restore(internals, () => current._tag === 'Closed');

    /** The client is of no more use: every stream completes, every command fails from now on. */
    const end = (closed: Extract<SessionEvent, { _tag: 'Closed' }>): void => {
      if (current._tag === 'Closed') return;
      become(closed);
      link.end(new SessionClosed(closed.code, closed.reason));
      logging.end();
      for (const stream of [status, connectionEvents]) stream.complete();
      log.end({});
    };

    /** Somebody has the client: from the beginning, or when it is open. */
    let announced = options.offline === true;
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
      const isFirst = event._tag === 'Opened' && !announced;
      if (event._tag === 'Opened') serverTime = timeSince(event.at, clock.elapsed());
      if (isFirst) {
        announced = true;
        subscriber.add(heard.begin());
      }
      // Whoever waits for the client gets it now: the server's time has to be known.
      const next = toStatus(event);
      if (next !== undefined) become(next);
      if (event._tag === 'Opened' && !isFirst) connectionEvents.next({ _tag: 'reconnect' });
      tell(event._tag === 'Dropped' ? { ...event, at: internals.serverTime() } : event);
    };
    const internal = (error: Error): void => {
      report({ _tag: 'Internal', clientId, error });
    };
    const heard = settling(clock, guarded(hear, internal));
    const living = session$.subscribe({
      next: (event) => {
        heard.receive(event);
      },
      error: (thrown: unknown) => {
        const error = toRealtimeError(thrown);
        heard.end();
        if (announced) report({ _tag: 'Session', clientId, error });
        end({ _tag: 'Closed', code: 'code' in error ? error.code : 0, reason: error.message });
        subscriber.error(error);
      },
      complete: heard.end,
    });

    subscriber.add(() => {
      over.complete();
    });
    // First, so that whatever is derived of the log completes with it.
    subscriber.add(() => {
      end({ _tag: 'Closed', code: 0, reason: 'logged out' });
    });
    for (const part of [living, hearing, marks, outbox?.sending, keepingState]) subscriber.add(part);
    if (subscriber.closed) return;
    become(current);
    subscriber.next(client);
  });

/** What a clock says that was at `at` when this one was at `start`. */
const timeSince =
  (at: number, start: number) =>
  (elapsed: number): number =>
    at + elapsed - start;
