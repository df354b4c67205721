import type { Observable } from 'rxjs';
import type { Client } from './client/client.js';
import type { Capabilities } from './connection/connection.js';
import type { ConnectionHealth } from './connection/meter.js';
import type { ConnectionEvent, ConnectionState } from './connection/state.js';
import type { Fault } from './faults.js';
import type { LoginOptions } from './login-options.js';
import type { User } from './session/user.js';

/**
 * One connection to one server, shared by any number of clients. Making it opens nothing: the connection opens with
 * the first login and closes, after a grace, with the last client.
 *
 * @typeParam C what plugins add to its clients
 * @typeParam V what plugins add to their conversations
 */
export interface Realtime<C = unknown, V = unknown> extends Disposable {
  /** The state of the connection. Hot, replays the current one, never errors, completes after `Closed` or `Failed`. */
  readonly state$: Observable<ConnectionState>;
  /**
   * What happens to the connection. Hot, without replay, never errors. Clients hear the same on `client.connection$`,
   * right after.
   */
  readonly connection$: Observable<ConnectionEvent>;
  /**
   * What went wrong without ending anything. Hot, without replay, but for what went wrong while the realtime was
   * made; never errors, completes with `state$`.
   */
  readonly faults$: Observable<Fault>;
  /**
   * How the connection does: round trip, attempts, frames and bytes in and out, commands and messages that wait. Hot,
   * replays the current one to whoever subscribes, a new one at most once a second and only where something has
   * changed. Never errors, completes with `state$`.
   *
   * @example
   * realtime.health$.subscribe(({ roundTrip, inFlight, outbox }) => gauge.set({ roundTrip, inFlight, outbox }));
   */
  readonly health$: Observable<ConnectionHealth>;
  /**
   * A lease on a session, of a client id or of a user of the application: logs in on subscribe, emits the client once
   * it is open, and logs out when the last subscriber has been gone for the grace. Subscribers of the same id share
   * one client. While there is no connection it waits; it errors where it can never succeed (`ServerRejected`,
   * `SignatureFailed`, `InvalidArgument`) and, with `SessionClosed`, when the client is displaced or kicked; it
   * completes when the client is logged out by its `close`.
   *
   * @example realtime.session('Tom').pipe(switchMap((tom) => tom.messages$)).subscribe(console.log);
   */
  session(identity: string | User, options?: LoginOptions): Observable<Client<V> & C>;
  /**
   * Cold: logs in by a client id, or as a `user` of the application; emits the client, completes. The client lives
   * until `client.close()`. The same id gives the same client while it lives. Errors: `ConnectionLost` where the
   * server can't be reached, `ServerRejected`, `SignatureFailed`, `CommandTimeout`, `InvalidArgument`,
   * `SessionClosed`.
   *
   * @example const tom = await firstValueFrom(realtime.login('Tom'));
   * @example const me = await firstValueFrom(realtime.login(user({ sessionToken })));
   */
  login(identity: string | User, options?: LoginOptions): Observable<Client<V> & C>;
  /** Cold: what this platform's sockets can do; emits once, completes. Errors where there is no WebSocket at all. */
  readonly capabilities$: Observable<Capabilities>;
  /**
   * Makes the server wait: what `lossless` takes. Cold: the socket is not read from while this is subscribed to, so
   * that TCP holds the server back; at most `maxPause` ms at a stretch, by the shortest of all who hold, then it is
   * read from for a moment. No message and no answer arrives for any client meanwhile, and no break is noticed; time
   * limits of commands stand still. Emits whether the socket can be paused (browsers can't: there nothing happens),
   * and again where that changes. Never completes, never errors.
   *
   * @example
   * client.messages$.pipe(
   *   lossless({ high: 1_000, hold: realtime.hold }),
   *   consume((message) => archive(message)),
   * );
   */
  readonly hold: (maxPause: number) => Observable<boolean>;
  /**
   * Between `schedule` and `retry`: tries to connect now, and counts attempts from 0 again. Nothing in other states.
   */
  retry(): void;
  /** Disconnects until `resume`. */
  pause(): void;
  resume(): void;
  /**
   * Closes the connection and all clients, for good: commands fail, then streams complete, all before this returns.
   * Closing twice is the same as closing once. With `using`, or an aborted `signal`, it is done for you.
   */
  close(): void;
}
