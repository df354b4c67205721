/** Making the server wait: a socket that isn't read from, for as long as somebody wants it, and no longer at a stretch than is good. */
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
  tap,
} from 'rxjs';
import type { Clock } from '../clock.js';
import type { Heard } from './meter.js';
import type { Wire } from './socket.js';

/** How long the socket is read from, after a pause that has lasted too long, to hear at least one frame, ms. */
const BREATH = 250;

export interface HoldingOptions {
  readonly clock: Clock;
  /** Shows the server that there is somebody, though he says nothing. */
  readonly beat: () => void;
  readonly heard: Heard;
}

export interface Holding {
  /** Cold: the socket is not read from while this is subscribed to, and the one after it as well, at most `maxPause` ms at a stretch. Emits whether the socket can be paused, and again where another one differs. */
  readonly hold: (maxPause: number) => Observable<boolean>;
  /** There is a new socket, or none any more. */
  readonly use: (wire: Wire | undefined) => void;
  /** Its timers stand still while the socket does: nobody answers to who does not listen. */
  readonly clock: Clock;
}

/** A timer that stands still at times. */
const pausable = (clock: Clock, isPaused$: Observable<boolean>, ms: number): Observable<unknown> =>
  defer(() => {
    let left = ms;
    return isPaused$.pipe(
      distinctUntilChanged(),
      switchMap((isPaused) => {
        if (isPaused) return NEVER;
        const since = clock.elapsed();
        return clock.after(left).pipe(
          finalize(() => {
            left -= clock.elapsed() - since;
          }),
        );
      }),
      take(1),
    );
  });

export const createHolding = ({ clock, beat, heard }: HoldingOptions): Holding => {
  const wire$ = new BehaviorSubject<Wire | undefined>(undefined);
  const isPaused$ = new BehaviorSubject(false);
  const holds = new Map<object, number>();
  /** Since when nothing could be heard, ms, and how much had been heard by then; a stretch is over when a frame was heard, or there was a breath for one. */
  let silent: { readonly since: number; readonly heard: number } | undefined;
  /** Since when the socket is read from, ms. */
  let readSince = 0;
  /** The shortest of the bounds; none where nobody holds. */
  const bound$ = new BehaviorSubject<number | undefined>(undefined);
  const changeHolds = (): void => {
    bound$.next(holds.size === 0 ? undefined : Math.min(...holds.values()));
  };

  /** The socket is read from for a moment: until a chunk of frames has come, or for a short time. */
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

  /** The socket is not read from for as long as the shortest of the bounds says, counted from the beginning, whoever comes and goes meanwhile. */
  const pause = ({ pause: stop, resume }: Required<Pick<Wire, 'pause' | 'resume'>>): Observable<never> =>
    defer(() => {
      stop();
      isPaused$.next(true);
      const now = clock.elapsed();
      // Who lets go and holds again at once has let nothing be heard.
      const start = silent?.heard === heard.count() && now - readSince < BREATH ? silent.since : now;
      silent = { since: start, heard: heard.count() };
      return bound$.pipe(
        distinctUntilChanged(),
        switchMap((bound) => (bound === undefined ? NEVER : clock.after(Math.max(0, bound - (clock.elapsed() - start))))),
        take(1),
        ignoreElements(),
        finalize(() => {
          readSince = clock.elapsed();
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
      // A socket that has come meanwhile has to answer the login first.
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
    clock: { ...clock, after: (ms) => pausable(clock, isPaused$, ms) },
  };
};
