import type { Observable } from 'rxjs';
import type { Client } from './client/client.js';
import type { Capabilities } from './connection/connection.js';
import type { ConnectionHealth } from './connection/meter.js';
import type { ConnectionEvent, ConnectionState } from './connection/state.js';
import type { Fault } from './faults.js';
import type { LoginOptions } from './login-options.js';
import type { User } from './session/user.js';

/**
 * One connection to one server, shared by any number of clients. Creating it opens nothing. The connection opens with
 * the first login, and closes when the last client has been gone for `grace` ms.
 *
 * @typeParam C what plugins add to its clients
 * @typeParam V what plugins add to their conversations
 */
export interface Realtime<C = unknown, V = unknown> extends Disposable {
  /**
   * The state of the connection. Hot, replays the current state. Never errors. Completes after `Closed` or `Failed`.
   */
  readonly state$: Observable<ConnectionState>;
  /**
   * What happens to the connection. Hot, no replay. Never errors. Each client emits the same event on
   * `client.connection$` right after.
   */
  readonly connection$: Observable<ConnectionEvent>;
  /**
   * Errors that end nothing: for example a frame that can't be read, or a plugin that throws. Hot. No replay, except
   * for the faults that happened while the realtime was created: each subscriber gets those. Never errors. Completes
   * with `state$`.
   *
   * @example realtime.faults$.subscribe((fault) => logger.warn(fault));
   */
  readonly faults$: Observable<Fault>;
  /**
   * Measurements of the connection: round trip, attempts, frames and bytes in and out, waiting commands and messages.
   * Hot, replays the current value. Emits when something has changed, at most once a second. Never errors. Completes
   * with `state$`.
   *
   * @example
   * realtime.health$.subscribe(({ roundTrip, inFlight, outbox }) => gauge.set({ roundTrip, inFlight, outbox }));
   */
  readonly health$: Observable<ConnectionHealth>;
  /**
   * A lease on the session of a client id, or of a `user` of the application. It logs in on subscribe, emits the
   * client when the session is open, and logs out when the last subscriber has been gone for `grace` ms. Subscribers
   * with the same id share one client.
   *
   * While there is no connection, it waits. It completes when the client logs out by its own `close`. Errors:
   * `ServerRejected`, `SignatureFailed` or `InvalidArgument` if the login can never succeed; `SessionClosed` if the
   * client is displaced or kicked.
   *
   * @example realtime.session('Tom').pipe(switchMap((tom) => tom.messages$)).subscribe(console.log);
   */
  session(identity: string | User, options?: LoginOptions): Observable<Client<V> & C>;
  /**
   * Cold: logs in with a client id, or as a `user` of the application. Emits the client, then completes (protocol:
   * session/open). The client stays logged in until `client.close()`. While it is logged in, the same id gives the
   * same client.
   *
   * Errors: `ConnectionLost` if the server can't be reached, `ServerRejected`, `SignatureFailed`, `CommandTimeout`,
   * `InvalidArgument`, `SessionClosed`.
   *
   * @example const tom = await firstValueFrom(realtime.login('Tom'));
   * @example const me = await firstValueFrom(realtime.login(user({ sessionToken })));
   */
  login(identity: string | User, options?: LoginOptions): Observable<Client<V> & C>;
  /**
   * Cold: what the WebSockets of this platform can do. Emits once, then completes. Errors if there is no WebSocket.
   */
  readonly capabilities$: Observable<Capabilities>;
  /**
   * Backpressure for the operator `lossless`: makes the server wait. Cold: while it is subscribed to, the client does
   * not read from the socket, so TCP holds the server back. After `maxPause` ms at most, the client reads for a
   * moment and pauses again; with several subscribers the shortest `maxPause` counts.
   *
   * During a pause no message and no answer arrives for any client, and a break is not noticed. The time limits of
   * commands stand still; the server gets a heartbeat every 800 ms, which says that the client holds back on purpose.
   * Emits whether the socket can be paused, and again when that changes. In browsers it can with `pausableWebSocket()`
   * in Chromium; otherwise nothing is paused. Never completes, never errors.
   *
   * @example
   * client.messages$.pipe(
   *   lossless({ high: 1_000, hold: realtime.hold }),
   *   consume((message) => archive(message)),
   * );
   */
  readonly hold: (maxPause: number) => Observable<boolean>;
  /**
   * Makes sure that there is a connection. While an attempt is scheduled, or there seems to be no network: tries to
   * connect now, and counts attempts from 0 again. While connected: asks the server for a sign of life, and reconnects
   * if there is none within 5 s (`heartbeat.probePatience`). Does nothing while paused or without a client.
   */
  retry(): void;
  /**
   * Cold: does on subscribe what `retry` does, and says how it went. Emits `undefined` when the server has given a
   * sign of life, or when a new connection is open; then completes.
   *
   * Errors: `ConnectionLost` if the attempt to connect has failed (further attempts follow by themselves), if the
   * realtime is paused or closed, or if nobody has logged in; the error of the state `Failed`.
   *
   * @example powerMonitor.on('resume', () => realtime.probe().subscribe({ error: showOffline }));
   */
  probe(): Observable<undefined>;
  /** Disconnects, and stays disconnected until `resume`. */
  pause(): void;
  /** Ends the pause: connects again if there is a client. Does nothing without a pause. */
  resume(): void;
  /**
   * Closes the connection and all clients for good. First the commands error, then the streams complete; all of this
   * happens before `close` returns. A second `close` has no further effect. `using` and an aborted `signal` close the
   * realtime for you.
   */
  close(): void;
}
