/** The session of one client on a connection: opens it, keeps it open across reconnects, closes it. */
import { defined } from '../../codecs/defined.js';
import {
  EMPTY,
  Observable,
  catchError,
  concat,
  defer,
  endWith,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  retry,
  switchMap,
  take,
  throwError,
} from 'rxjs';
import { SessionClosedCommand, SessionOpened, SessionRefreshed, type ServerCommand } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { closeCodeClass } from '../connection/close-codes.js';
import type { Connection } from '../connection/connection.js';
import type { Backoff } from '../connection/backoff.js';
import { ServerRejected, toRealtimeError, type RealtimeError } from '../errors.js';
import type { Fault } from '../faults.js';
import { asError } from '../thrown.js';
import type { ChangeMark } from './change-mark.js';
import { sign, toWire, type SignatureFactory } from './signature.js';

/** The events of a session. */
export type SessionEvent =
  | { readonly _tag: 'Opened'; readonly at: number; readonly resumed: boolean }
  /** The connection is lost. The session is opened again on the next one. */
  | { readonly _tag: 'Dropped' }
  /** The last event. Code 0 is a logout. */
  | { readonly _tag: 'Closed'; readonly code: number; readonly reason: string };

export interface SessionOptions {
  readonly appId: string;
  readonly clientId: string;
  readonly deviceId: string;
  readonly tag?: string;
  readonly signature?: SignatureFactory;
  /** Time limit of the signature factory, ms. */
  readonly signatureTimeout: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: Backoff;
  readonly report: (fault: Fault) => void;
  /** Notes the edits and recalls that arrive, and knows the time from which missed ones have to be requested. */
  readonly changes: Pick<ChangeMark, 'begin' | 'arrived' | 'since'>;
  /** Called with each token of the session, for the HTTP API; with `undefined` when the token is no longer valid. */
  readonly keepToken?: (token: string | undefined) => void;
  /**
   * The client is used before its first login. So a first login that fails is treated like a later one. Default
   * false.
   */
  readonly offline?: boolean;
  /** Logs out when it emits. */
  readonly logout$: Observable<unknown>;
}

interface Token {
  readonly value: string;
  /** By the monotonic clock. */
  readonly expiresAt: number;
}

/**
 * The protocol features of this client: edits and recalls, temporary conversations, acknowledgements of transient
 * messages, kept notifications, partial results.
 */
const CONFIG_BITMAP = 1 | 2 | 8 | 16 | 32;
const TOKEN_EXPIRED = 4112;
const DISPLACED = 4111;
/** The longest delay of a timer: a signed 32-bit number of ms. */
const LONGEST_TIMER = 2 ** 31 - 1;
const USER_AGENT = 'rx-realtime/0.2';

const hasCode = (error: RealtimeError, code: number): boolean => error._tag === 'ServerRejected' && error.code === code;

/** Whether to stop trying: a retry can't succeed, or would log out the client that has displaced this one. */
const isFinal = (error: RealtimeError): error is ServerRejected =>
  error._tag === 'ServerRejected' && (error.code === DISPLACED || closeCodeClass(error.code) === 'fatal');

/**
 * Cold: holds a lease on the connection, logs in on each new connection, and passes pushes on unchanged.
 * Unsubscribing logs out and releases the lease.
 *
 * Completes after `Closed`. Errors with a `RealtimeError` if the first login is refused. A later login that fails is
 * a fault, and is retried with backoff; with `offline`, the first one as well.
 */
export const session = (connection: Connection, options: SessionOptions): Observable<SessionEvent | ServerCommand> =>
  defer(() => {
    const { clientId, clock, changes } = options;
    let token: Token | undefined;
    let lastUnreadNotifTime: number | undefined;
    let openedBefore = false;
    let open = false;
    /** Somebody uses the client already: a login that fails is a fault. */
    const isUsed = (): boolean => openedBefore || options.offline === true;

    const remember = (st: string | undefined, stTtl: number | undefined): void => {
      token = st === undefined ? undefined : { value: st, expiresAt: clock.elapsed() + (stTtl ?? 0) * 1_000 };
      options.keepToken?.(st);
    };

    const usable = (): Token | undefined =>
      token !== undefined && token.expiresAt > clock.elapsed() ? token : undefined;

    /** Asks for a signature if there is no token to log in with. */
    const signed = (needed: boolean): Observable<Partial<ReturnType<typeof toWire>>> => {
      const { signature } = options;
      return needed && signature !== undefined
        ? sign(() => signature(clientId), options.signatureTimeout, clock).pipe(map(toWire))
        : of({});
    };

    const login = (): Observable<SessionEvent> =>
      defer(() => {
        const st = usable();
        const resumed = openedBefore;
        const since = changes.since();
        // Some servers leave out changes of the time that they are given, and there may be more of that millisecond.
        const lastPatchTime = since === undefined ? undefined : since - 1;
        return signed(st === undefined).pipe(
          switchMap((signature) =>
            connection.request(
              {
                cmd: 'session',
                op: 'open',
                appId: options.appId,
                peerId: clientId,
                sessionMessage: {
                  ua: USER_AGENT,
                  r: resumed,
                  deviceId: options.deviceId,
                  configBitmap: CONFIG_BITMAP,
                  ...signature,
                  ...defined({ tag: options.tag, st: st?.value, lastUnreadNotifTime, lastPatchTime }),
                },
              },
              SessionOpened,
            ),
          ),
          map(({ serverTs, sessionMessage: { st: fresh, stTtl, code, reason, detail } }): SessionEvent => {
            if (code !== undefined && code !== 0) throw new ServerRejected(code, reason ?? 'SESSION_REFUSED', detail);
            remember(fresh, stTtl);
            // After a resumed login the server sends the changes in frames after this answer. Only those frames prove
            // that the changes have arrived.
            if (!resumed) changes.begin(serverTs);
            openedBefore = true;
            open = true;
            return { _tag: 'Opened', at: serverTs ?? clock.now(), resumed };
          }),
          catchError((error: unknown) => {
            const reason = toRealtimeError(error);
            if (!hasCode(reason, TOKEN_EXPIRED) || st === undefined) return throwError(() => reason);
            token = undefined;
            return login();
          }),
        );
      });

    /** Renews the token after nine tenths of its lifetime, while the session is open. */
    const refresh = (): Observable<never> =>
      defer(() => {
        const current = token;
        if (current === undefined) return EMPTY;
        const wait = Math.min((current.expiresAt - clock.elapsed()) * 0.9, LONGEST_TIMER);
        if (wait <= 0) return EMPTY;
        return clock.after(wait).pipe(
          take(1),
          mergeMap(() => signed(true)),
          mergeMap((signature) =>
            connection.request(
              { cmd: 'session', op: 'refresh', peerId: clientId, sessionMessage: { st: current.value, ...signature } },
              SessionRefreshed,
            ),
          ),
          mergeMap(({ sessionMessage: { st, stTtl } }) => {
            remember(st, stTtl);
            return refresh();
          }),
          catchError((error: unknown) => {
            options.report({ _tag: 'Session', clientId, error: toRealtimeError(error) });
            return EMPTY;
          }),
        );
      });

    /** Logs in on a new connection. After the first success, failures are faults, and the login is retried. */
    const openOn = (): Observable<SessionEvent> =>
      concat(
        login().pipe(
          retry({
            delay: (thrown: unknown, count) => {
              const error = toRealtimeError(thrown);
              if (error._tag === 'ConnectionLost' || !isUsed() || isFinal(error)) throw error;
              options.report({ _tag: 'Session', clientId, error });
              return clock.after(options.backoff(count - 1, options.random));
            },
          }),
          catchError((thrown: unknown): Observable<SessionEvent> => {
            const error = toRealtimeError(thrown);
            // The next connection tries again.
            if (error._tag === 'ConnectionLost') return EMPTY;
            return isUsed() && isFinal(error)
              ? of({ _tag: 'Closed', code: error.code, reason: error.reason })
              : throwError(() => error);
          }),
        ),
        refresh(),
      );

    const lifecycle$ = connection.state$.pipe(
      switchMap((state): Observable<SessionEvent> => {
        if (state._tag === 'Connected') return openOn();
        if (state._tag === 'Scheduled' && closeCodeClass(state.reason.code) === 'relogin') token = undefined;
        if (!open) return EMPTY;
        open = false;
        return of({ _tag: 'Dropped' });
      }),
    );

    /** The event of the session that a push causes, if any. */
    const heard = (command: ServerCommand): SessionEvent | undefined => {
      if (command.cmd === 'session' && command.op === 'closed') {
        return {
          _tag: 'Closed',
          code: command.sessionMessage?.code ?? 0,
          reason: command.sessionMessage?.reason ?? 'the server ended the session',
        };
      }
      if (command.cmd === 'patch' && command.op === 'modify') {
        for (const { mid, timestamp = 0, patchTimestamp = timestamp } of command.patchMessage.patches ?? [])
          changes.arrived(mid, patchTimestamp);
      }
      // The counts that follow a late answer are not passed on: the login was given up, and the next one asks again.
      if (open && command.cmd === 'unread')
        lastUnreadNotifTime = command.unreadMessage.notifTime ?? lastUnreadNotifTime;
      return undefined;
    };

    const close = { cmd: 'session', op: 'close', peerId: clientId } as const;

    const logout$ = options.logout$.pipe(
      take(1),
      mergeMap(() => {
        if (!open) return EMPTY;
        open = false;
        return connection.request(close, SessionClosedCommand).pipe(catchError(() => EMPTY));
      }),
      ignoreElements(),
      endWith<SessionEvent>({ _tag: 'Closed', code: 0, reason: 'logged out' }),
    );

    const lease$ = connection.lease$.pipe(
      endWith<SessionEvent>({ _tag: 'Closed', code: 0, reason: 'the realtime was closed' }),
    );

    return new Observable<SessionEvent | ServerCommand>((subscriber) => {
      subscriber.add(() => {
        if (open) connection.send(close);
      });
      const tell = (event: SessionEvent): void => {
        if (event._tag === 'Closed') open = false;
        subscriber.next(event);
        if (event._tag === 'Closed') subscriber.complete();
      };
      const fail = (error: unknown): void => {
        subscriber.error(error);
      };
      // Subscribed separately, so that a push passes through no operator that it doesn't need.
      subscriber.add(
        connection.pushes(clientId).subscribe((command) => {
          let event: SessionEvent | undefined;
          try {
            event = heard(command);
          } catch (thrown) {
            options.report({ _tag: 'Internal', clientId, error: asError(thrown) });
          }
          if (event === undefined) subscriber.next(command);
          else tell(event);
        }),
      );
      subscriber.add(merge(logout$, lifecycle$, lease$).subscribe({ next: tell, error: fail }));
    });
  });
