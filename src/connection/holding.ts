/** Making the server wait: a socket that isn't read from, for as long as somebody wants it, and no longer at a stretch than is good. */
import {
  BehaviorSubject,
  EMPTY,
  NEVER,
  Observable,
  Subject,
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
} from 'rxjs';
import type { Clock } from '../clock.js';
import type { Wire } from './socket.js';

/** How long the socket is read from, after a pause that has lasted too long, to hear at least one frame, ms. */
const BREATH = 250;

export interface HoldingOptions {
  readonly clock: Clock;
  /** Shows the server that there is somebody, though he says nothing. */
  readonly beat: () => void;
}

export interface Holding {
  /** Cold: the socket is not read from while this is subscribed to, and the one after it as well, at most `maxPause` ms at a stretch. Emits whether the socket can be paused, and again where another one differs. */
  readonly hold: (maxPause: number) => Observable<boolean>;
  /** There is a new socket, or none any more. */
  readonly use: (wire: Wire | undefined) => void;
  /** A frame was heard. */
  readonly heard: () => void;
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

export const createHolding = ({ clock, beat }: HoldingOptions): Holding => {
  const wire$ = new BehaviorSubject<Wire | undefined>(undefined);
  const isPaused$ = new BehaviorSubject(false);
  const frames = new Subject<void>();
  const holds = new Map<object, number>();
  /** The shortest of the bounds; none where nobody holds. */
  const bound$ = new BehaviorSubject<number | undefined>(undefined);
  const changeHolds = (): void => {
    bound$.next(holds.size === 0 ? undefined : Math.min(...holds.values()));
  };

  /** The socket is read from for a moment: until a chunk of frames has come, or for a short time. */
  const breath$ = defer(() => {
    beat();
    return merge(frames, clock.after(BREATH)).pipe(take(1), ignoreElements());
  });

  const pause = ({ pause: stop, resume }: Required<Pick<Wire, 'pause' | 'resume'>>, ms: number): Observable<never> =>
    defer(() => {
      stop();
      isPaused$.next(true);
      return clock.after(ms).pipe(
        take(1),
        ignoreElements(),
        finalize(() => {
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
        distinctUntilChanged(),
        switchMap((bound) => (bound === undefined ? EMPTY : concat(pause({ pause: stop, resume }, bound), breath$).pipe(repeat()))),
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
      wire$.next(wire);
    },
    heard: () => {
      if (frames.observed) frames.next();
    },
    clock: { ...clock, after: (ms) => pausable(clock, isPaused$, ms) },
  };
};
