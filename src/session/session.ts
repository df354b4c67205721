/** One client's session on a connection: opened, kept open across reconnects, closed. */
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
import type { ChangeMark } from './change-mark.js';
import { sign, toWire, type SignatureFactory } from './signature.js';

/** What becomes of a session. */
export type SessionEvent =
  | { readonly _tag: 'Opened'; readonly at: number; readonly resumed: boolean }
  /** The connection is gone; the session will be opened again with the next one. */
  | { readonly _tag: 'Dropped' }
  /** The last event. 0 is a logout. */
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
  /** Hears of the edits and recalls that arrive, and tells from where to ask for missed ones. */
  readonly changes: Pick<ChangeMark, 'begin' | 'arrived' | 'since'>;
  /** Hears of each token of the session, for the HTTP API; of none where it is good no more. */
  readonly keepToken?: (token: string | undefined) => void;
  /** Logs out when it emits. */
  readonly logout$: Observable<unknown>;
}

interface Token {
  readonly value: string;
  /** By the monotonic clock. */
  readonly expiresAt: number;
}

/**
 * Protocol features that this client understands: edits and recalls, temporary conversations, acks of transient
 * messages, kept notifications, partial results.
 */
const CONFIG_BITMAP = 1 | 2 | 8 | 16 | 32;
const TOKEN_EXPIRED = 4112;
const DISPLACED = 4111;
/** Timers hold at most a signed 32-bit number of ms. */
const LONGEST_TIMER = 2 ** 31 - 1;
const USER_AGENT = 'rx-realtime/0.2';

const hasCode = (error: RealtimeError, code: number): boolean => error._tag === 'ServerRejected' && error.code === code;

/** Refusals after which trying again can't help, or would throw out whoever displaced this client. */
const isFinal = (error: RealtimeError): error is ServerRejected =>
  error._tag === 'ServerRejected' && (error.code === DISPLACED || closeCodeClass(error.code) === 'fatal');

/**
 * Cold: holds a lease on the connection, logs in whenever it is connected, and passes pushes on as they are; logs out
 * and releases the lease when unsubscribed.
 *
 * Completes after `Closed`. Errors where the first login is refused, with the `RealtimeError` that says why; a later
 * one that fails is a fault, and is tried again with backoff.
 */
export const session = (connection: Connection, options: SessionOptions): Observable<SessionEvent | ServerCommand> =>
  defer(() => {
    const { clientId, clock, changes } = options;
    let token: Token | undefined;
    let lastUnreadNotifTime: number | undefined;
    let openedBefore = false;
    let open = false;

    const remember = (st: string | undefined, stTtl: number | undefined): void => {
      token = st === undefined ? undefined : { value: st, expiresAt: clock.elapsed() + (stTtl ?? 0) * 1_000 };
      options.keepToken?.(st);
    };

    const usable = (): Token | undefined =>
      token !== undefined && token.expiresAt > clock.elapsed() ? token : undefined;

    /** A signature is asked for where there is no token to log in with. */
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
        const lastPatchTime = changes.since();
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
                  ...(options.tag === undefined ? {} : { tag: options.tag }),
                  ...(st === undefined ? {} : { st: st.value }),
                  ...(lastUnreadNotifTime === undefined ? {} : { lastUnreadNotifTime }),
                  ...(lastPatchTime === undefined ? {} : { lastPatchTime }),
                },
              },
              SessionOpened,
            ),
          ),
          map(({ serverTs, sessionMessage: { st: fresh, stTtl, code, reason, detail } }): SessionEvent => {
            if (code !== undefined && code !== 0) throw new ServerRejected(code, reason ?? 'SESSION_REFUSED', detail);
            remember(fresh, stTtl);
            // Who comes back is told of the changes in frames of their own, behind this answer: only they prove that
            // they have come.
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

    /** Renews the token at nine tenths of its life, as long as the session stays open. */
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

    /** Logs in on a fresh connection; once the session was open, failures are faults and are tried again. */
    const openOn = (): Observable<SessionEvent> =>
      concat(
        login().pipe(
          retry({
            delay: (thrown: unknown, count) => {
              const error = toRealtimeError(thrown);
              if (error._tag === 'ConnectionLost' || !openedBefore || isFinal(error)) throw error;
              options.report({ _tag: 'Session', clientId, error });
              return clock.after(options.backoff(count - 1, options.random));
            },
          }),
          catchError((thrown: unknown): Observable<SessionEvent> => {
            const error = toRealtimeError(thrown);
            // The next connection brings the next try.
            if (error._tag === 'ConnectionLost') return EMPTY;
            return openedBefore && isFinal(error)
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

    /** What of a push is about the session itself. */
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
      if (command.cmd === 'unread') lastUnreadNotifTime = command.unreadMessage.notifTime ?? lastUnreadNotifTime;
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
      // Not merged with the others: a push passes no operator that it doesn't need.
      subscriber.add(
        connection.pushes(clientId).subscribe((command) => {
          const event = heard(command);
          if (event === undefined) subscriber.next(command);
          else tell(event);
        }),
      );
      subscriber.add(merge(logout$, lifecycle$, lease$).subscribe({ next: tell, error: fail }));
    });
  });
