/** What a view says about the connection, as signals. */
import { assertInInjectionContext, computed, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { Clock, ConnectionState } from 'rx-realtime';
import { concat, defer, distinctUntilChanged, of, switchMap, type Observable } from 'rxjs';
import { injectProvided } from './provide-realtime.js';

/**
 * What there is to say, as a key for a text of the application. `connecting`: the first attempt. `waiting`: an attempt
 * has failed, the next one comes in `retryIn` s. `reconnecting`: an attempt is being made. `offline`: there is no
 * network. `failed`: no attempt can help.
 */
export type ConnectionBannerKey = 'connecting' | 'waiting' | 'reconnecting' | 'offline' | 'failed';

/** What a view says about the connection. Reading it never throws. */
export interface ConnectionBanner {
  /** Undefined if there is nothing to say: connected, not wanted, paused, or rendered on a server. */
  readonly key: Signal<ConnectionBannerKey | undefined>;
  /** The time until the next attempt, in whole seconds. Counts down. Undefined if none is waited for. */
  readonly retryIn: Signal<number | undefined>;
  /** Makes the next attempt now. */
  retry(): void;
}

const keyOf = (state: ConnectionState): ConnectionBannerKey | undefined => {
  switch (state._tag) {
    case 'Connecting':
      return 'connecting';
    case 'Scheduled':
      return 'waiting';
    case 'Retrying':
      return 'reconnecting';
    case 'Offline':
      return state.reason === 'network' ? 'offline' : undefined;
    case 'Failed':
      return 'failed';
    default:
      return undefined;
  }
};

/** The whole seconds until a time, down to 0. */
const countdown = (dueAt: number, clock: Clock): Observable<number> =>
  defer(() => {
    const left = dueAt - clock.now();
    const seconds = Math.max(0, Math.ceil(left / 1_000));
    const next = Math.max(1, left - (seconds - 1) * 1_000);
    return seconds === 0
      ? of(0)
      : concat(of(seconds), clock.after(next).pipe(switchMap(() => countdown(dueAt, clock))));
  });

/**
 * What a view says about the connection, as long as the caller lives. Needs an injection context.
 *
 * @example
 * readonly banner = injectConnectionBanner();
 * // @if (banner.key(); as key) { {{ texts[key] }} <button (click)="banner.retry()">{{ banner.retryIn() }}</button> }
 */
export const injectConnectionBanner = (): ConnectionBanner => {
  assertInInjectionContext(injectConnectionBanner);
  const { realtime, clock } = injectProvided();
  const state = toSignal(realtime.state$);
  const retryIn = toSignal(
    realtime.state$.pipe(
      switchMap((current) => (current._tag === 'Scheduled' ? countdown(current.dueAt, clock) : of(undefined))),
      distinctUntilChanged(),
    ),
  );
  return {
    key: computed(() => {
      const current = state();
      return current === undefined ? undefined : keyOf(current);
    }),
    retryIn,
    retry: () => {
      realtime.retry();
    },
  };
};
