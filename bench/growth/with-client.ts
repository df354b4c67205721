/** Work with a client of its own. */
import { Subscription, from, lastValueFrom, mergeMap, toArray, type Observable } from 'rxjs';
import type { ServerCommand } from 'rx-realtime/codecs';
import { idOf } from './entries.js';
import { times, type Work } from './subject.js';
import { pushed, wired, type Stored, type Wired } from './wire.js';

/** Work with a client of its own; what is watched is unsubscribed at the end. */
export const withClient =
  (
    prepare: (wire: Wired, size: number, watched: Subscription) => (() => unknown) | Promise<() => unknown>,
    stored: (size: number) => Stored = () => ({}),
    options: Parameters<typeof wired>[1] = {},
  ) =>
  async (size: number): Promise<Work> => {
    const wire = await wired(stored(size), options);
    const watched = new Subscription();
    const run = await prepare(wire, size, watched);
    return {
      run,
      end: () => {
        watched.unsubscribe();
        wire.end();
      },
    };
  };

/** Subscribes to all commands at once, and waits for all. */
export const all = <T>(commands: readonly Observable<T>[]): Promise<readonly T[]> =>
  lastValueFrom(
    from(commands).pipe(
      mergeMap((command$) => command$),
      toArray(),
    ),
  );

export const inEach = (size: number): readonly ServerCommand[] =>
  times(size).map((number) => pushed(size + number, idOf(number)));
