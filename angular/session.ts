/** The login of a user, as signals. */
import {
  DestroyRef,
  assertInInjectionContext,
  computed,
  inject,
  linkedSignal,
  untracked,
  type Signal,
} from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import {
  SessionClosed,
  toRealtimeError,
  type Client,
  type ClientStatus,
  type LoginOptions,
  type RealtimeError,
  type User,
} from 'rx-realtime';
import {
  EMPTY,
  ReplaySubject,
  catchError,
  defer,
  delayWhen,
  finalize,
  map,
  mergeMap,
  of,
  share,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';
import { injectProvided } from './provide-realtime.js';
import { valueOr } from './value-or.js';

/**
 * Where a session is. `LoggedOut`: there is no user, or it has logged out. `LoggingIn`: it waits for the server.
 * `Open`: it can be used. `Reopening`: there is no connection, it logs in again with the next one. `Failed`: the login
 * was refused, another login or the server has ended the session, or reading the user has thrown; `error` says why.
 */
export type SessionStatus = 'LoggedOut' | 'LoggingIn' | 'Open' | 'Reopening' | 'Failed';

/** The session of a user, as signals. Reading them never throws. */
export interface Session {
  /** The client while the user is logged in. Undefined at once when the user changes or logs out. */
  readonly client: Signal<Client | undefined>;
  readonly status: Signal<SessionStatus>;
  /** Why the status is `Failed`. */
  readonly error: Signal<RealtimeError | undefined>;
  /** Logs in again after a logout or a failure. Otherwise does nothing. */
  login(): void;
  /**
   * Logs out at once, without `grace`, wherever else the client is used. It stays logged out until the user changes or
   * `login` is called. To wait for the server's answer, use `client.close()`.
   */
  logout(): void;
}

/** One login. Each is an object of its own, so that what is left of an earlier one is known. */
interface Wish {
  readonly user: string | User;
}

/** The user that the application names, or why it could not. */
interface Who {
  readonly user?: string | User | undefined;
  readonly error?: RealtimeError;
}

interface Progress {
  readonly wish: Wish;
  readonly status: SessionStatus;
  readonly client?: Client;
  readonly error?: RealtimeError;
}

/** How long a login that was given up is waited for, ms. */
const PATIENCE = 2_000;

const toProgress = (client: Client, status: ClientStatus): Omit<Progress, 'wish'> =>
  status._tag !== 'Closed'
    ? { status: status._tag, client }
    : status.code === 0
      ? { status: 'LoggedOut' }
      : { status: 'Failed', error: new SessionClosed(status.code, status.reason) };

/**
 * Logs a user in, as long as the caller lives. Needs an injection context. Callers with the same user share one client.
 * When the user changes, the old one is logged out, unless another caller still uses it. When the caller is destroyed,
 * the session stays open for `grace` ms more, so that the next page of the application can take it over. While a page
 * is rendered on a server, nobody is logged in.
 *
 * @param user a client id, a `user` of the application, or a function (a signal) of one; undefined logs out
 * @param options the options of the login
 *
 * @example readonly session = injectSession(inject(Account).id); // Signal<string | undefined>
 */
export const injectSession = (
  user: string | User | (() => string | User | null | undefined),
  options: LoginOptions = {},
): Session => {
  assertInInjectionContext(injectSession);
  const { realtime, isServer, clock, holders } = injectProvided();
  const who = computed(
    (): Who =>
      isServer
        ? {}
        : valueOr(
            () => ({ user: (typeof user === 'function' ? user() : user) ?? undefined }),
            (thrown) => ({ error: toRealtimeError(thrown) }),
          ),
    { equal: (a, b) => a.user === b.user && a.error === b.error },
  );
  const wishOf = (someone: Who): Wish | undefined => (someone.user === undefined ? undefined : { user: someone.user });
  const wanted = linkedSignal({ source: who, computation: wishOf });

  const release = (client: Client): boolean => {
    const others = (holders.get(client) ?? 1) - 1;
    holders.set(client, others);
    return others > 0;
  };
  let held: Client | undefined;
  /** A login that the server has not answered yet. */
  let lease$: Observable<Client> | undefined;
  let current: Wish | undefined;
  const hold = (client: Client): void => {
    held = client;
    lease$ = undefined;
    holders.set(client, (holders.get(client) ?? 0) + 1);
  };
  /** A login that was given up ends as soon as it succeeds, unless another caller waits for it too. */
  const giveUp = (login$: Observable<Client>): void => {
    login$
      .pipe(
        delayWhen(() => clock.after(0)),
        take(1),
        mergeMap((client) => ((holders.get(client) ?? 0) > 0 ? EMPTY : client.close())),
        takeUntil(clock.after(PATIENCE)),
      )
      .subscribe({ error: () => undefined });
  };
  const leave = (next: Wish | undefined): void => {
    const client = held;
    // The user may have changed back before the change was noticed.
    const isSame = current?.user === next?.user;
    held = undefined;
    current = next;
    if (client !== undefined && !release(client) && !isSame) client.close().subscribe();
    if (lease$ !== undefined && !isSame) giveUp(lease$);
  };
  inject(DestroyRef).onDestroy(() => {
    if (held !== undefined) release(held);
  });

  const login = (wish: Wish): Observable<Progress> => {
    const login$ = realtime.session(wish.user, options).pipe(
      share({
        connector: () => new ReplaySubject<Client>(1),
        resetOnRefCountZero: true,
        resetOnComplete: false,
        resetOnError: true,
      }),
    );
    return defer(() => {
      lease$ = login$;
      return login$;
    }).pipe(
      tap(hold),
      finalize(() => (lease$ = undefined)),
      switchMap((client) => client.status$.pipe(map((status) => toProgress(client, status)))),
      catchError((thrown: unknown) => of({ status: 'Failed' as const, error: toRealtimeError(thrown) })),
      startWith({ status: 'LoggingIn' as const }),
      map((progress) => ({ ...progress, wish })),
    );
  };
  const latest = toSignal(
    toObservable(wanted).pipe(
      tap(leave),
      switchMap((wish) => (wish === undefined ? of(undefined) : login(wish))),
    ),
  );
  /** What is known of the current wish. A login begins later than its wish. */
  const progress = computed<Omit<Progress, 'wish'>>(() => {
    const wish = wanted();
    const known = latest();
    if (wish !== undefined) return known?.wish === wish ? known : { status: 'LoggingIn' };
    const { error } = who();
    return error === undefined ? { status: 'LoggedOut' } : { status: 'Failed', error };
  });

  return {
    client: computed(() => progress().client),
    status: computed(() => progress().status),
    error: computed(() => progress().error),
    login: () => {
      const { status } = untracked(progress);
      if (status === 'LoggedOut' || status === 'Failed') wanted.set(wishOf(untracked(who)));
    },
    logout: () => {
      const { client } = untracked(progress);
      wanted.set(undefined);
      client?.close().subscribe();
    },
  };
};
