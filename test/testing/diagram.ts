/** Diagrams of the testing kit, compared by vitest. */
import { map, type Observable, type OperatorFunction } from 'rxjs';
import { expect } from 'vitest';
import { plain, type Message, type Realtime } from 'rx-realtime';
import { runMarbles, type MarbleHelpers, type MarbleOptions, type Said } from 'rx-realtime/testing';

export const expectEqual = (actual: unknown, expected: unknown): void => {
  expect(actual).toEqual(expected);
};

export const diagram = (draw: (helpers: MarbleHelpers) => void, options?: MarbleOptions): void => {
  runMarbles(expectEqual, draw, options);
};

/** Messages from one sender: each letter is one message. */
export const says = (from: string, letters: string): Readonly<Record<string, Said>> =>
  Object.fromEntries(Array.from(letters, (letter) => [letter, { from, body: plain(letter) }]));

export const contentOf = ({ body }: Message): string => (body._tag === 'Plain' ? body.content : body._tag);

export const contents = (): OperatorFunction<Message, string> => map(contentOf);

/** The states of a realtime, by name. */
export const statesOf = ({ state$ }: Realtime): Observable<string> => state$.pipe(map(({ _tag }) => _tag));
