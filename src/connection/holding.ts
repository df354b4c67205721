/** Backpressure: pauses the socket while a subscriber asks for it. Each pause has a time limit. */
import {
  BehaviorSubject,
  EMPTY,
  NEVER,
  Observable,
  concat,
  defer,
  distinctUntilChanged,
  finalize,
  ignoreElements,
  map,
  merge,
  repeat,
  share,
  switchMap,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import type { Clock } from '../clock.js';
import type { Heard } from './meter.js';
import type { Wire } from './socket.js';

/** How long the socket is read between two pauses, ms. One frame ends this time earlier. */
const BREATH = 250;

/** The time between two heartbeats of a pause, ms. They say that the reader holds back on purpose. */
const BEAT = 800;

export interface HoldingOptions {
  readonly clock: Clock;
  /** Sends a heartbeat: it shows the server that the client is alive. */
  readonly beat: () => void;
  readonly heard: Heard;
}

export interface Holding {
  /**
   * Cold: the socket is paused while this is subscribed to, and so are the sockets that replace it. A single pause
   * lasts at most `maxPause` ms. Emits whether the socket can be paused, and emits again when that changes.
   */
  readonly hold: (maxPause: number) => Observable<boolean>;
  /** Tells of a new socket, or that there is none any more. */
  readonly use: (wire: Wire | undefined) => void;
  /** Its timers and its `elapsed` stand still while the socket is paused: no answer can be heard then. */
  readonly clock: Clock;
}

export const createHolding = ({ clock, beat, heard }: HoldingOptions): Holding => {
  const wire$ = new BehaviorSubject<Wire | undefined>(undefined);
  const isPaused$ = new BehaviorSubject(false);
  const holds = new Map<object, number>();
  /**
   * When the current pause began, ms, and how many frames had been heard by then. A frame, or a whole breath without
   * one, ends the pause.
   */
  let silent: { readonly since: number; readonly heard: number } | undefined;
  /** When reading was resumed last, ms. */
  let readSince = 0;
  /** How long all pauses have lasted, ms, and when the current one began. */
  let paused = 0;
  let pausedSince: number | undefined;
  /** The time without the pauses, ms. */
  const elapsed = (): number => (pausedSince ?? clock.elapsed()) - paused;
  /** The shortest `maxPause` of all subscribers; `undefined` if there are none. */
  const bound$ = new BehaviorSubject<number | undefined>(undefined);
  const changeHolds = (): void => {
    bound$.next(holds.size === 0 ? undefined : Math.min(...holds.values()));
  };

  /** Cold: reads for a moment, until a frame has arrived or `BREATH` has passed. */
  const breath$ = defer(() => {
    beat();
    return merge(heard.frame$, clock.after(BREATH)).pipe(
      take(1),
      ignoreElements(),
      tap({
        complete: () => {
          silent = undefined;
        },
      }),
    );
  });

  /**
   * Cold: pauses the socket for the shortest `maxPause`, counted from the beginning of the pause, even if subscribers
   * come and go.
   */
  const pause = ({ pause: stop, resume }: Required<Pick<Wire, 'pause' | 'resume'>>): Observable<never> =>
    defer(() => {
      stop();
      isPaused$.next(true);
      const now = clock.elapsed();
      pausedSince = now;
      // A subscriber that leaves and comes back at once has not let a frame through: it is still the same pause.
      const start = silent?.heard === heard.count() && now - readSince < BREATH ? silent.since : now;
      silent = { since: start, heard: heard.count() };
      const over$ = bound$.pipe(
        distinctUntilChanged(),
        switchMap((bound) =>
          bound === undefined ? NEVER : clock.after(Math.max(0, bound - (clock.elapsed() - start))),
        ),
      );
      return clock.after(BEAT).pipe(
        tap(beat),
        repeat(),
        ignoreElements(),
        takeUntil(over$),
        finalize(() => {
          readSince = clock.elapsed();
          paused += readSince - now;
          pausedSince = undefined;
          resume();
          isPaused$.next(false);
        }),
      );
    });

  const pausing$ = wire$.pipe(
    switchMap((wire, index) => {
      const { pause: stop, resume } = wire ?? {};
      if (stop === undefined || resume === undefined) return EMPTY;
      const pauses$ = bound$.pipe(
        map((bound) => bound !== undefined),
        distinctUntilChanged(),
        switchMap((isHeld) => (isHeld ? concat(pause({ pause: stop, resume }), breath$).pipe(repeat()) : EMPTY)),
      );
      // A new socket has to let the answer to the login through first.
      return index === 0 ? pauses$ : concat(breath$, pauses$);
    }),
    share(),
  );

  return {
    hold: (maxPause) =>
      new Observable<boolean>((subscriber) => {
        const key = {};
        holds.set(key, maxPause);
        changeHolds();
        subscriber.add(() => {
          holds.delete(key);
          changeHolds();
        });
        subscriber.add(
          wire$
            .pipe(
              map((wire) => wire === undefined || wire.pause !== undefined),
              distinctUntilChanged(),
            )
            .subscribe(subscriber),
        );
        subscriber.add(pausing$.subscribe());
      }),
    use: (wire) => {
      silent = undefined;
      wire$.next(wire);
    },
    clock: {
      ...clock,
      elapsed,
      after: (ms) =>
        defer(() => {
          const end = elapsed() + ms;
          return isPaused$.pipe(
            switchMap((isPaused) => (isPaused ? NEVER : clock.after(end - elapsed()))),
            take(1),
          );
        }),
    },
  };
};
