/** Diagrams for the documentation: a realtime and its server in virtual time. */
import { expect } from 'vitest';
import { runMarbles, type MarbleHelpers, type MarbleOptions, type Said } from '../../testing/index.js';
import { plain, type Message } from '../../src/index.js';
import { drawn } from '../drawing/drawn.js';

export const scene = (diagram: (helpers: MarbleHelpers) => void, options?: MarbleOptions): void => {
  drawn<MarbleHelpers>((draw) => {
    runMarbles(
      (actual, expected) => {
        expect(actual).toEqual(expected);
      },
      draw,
      options,
    );
  }, diagram);
};

/** The messages of another client: each letter is one message. */
export const says = (from: string, letters: string): Readonly<Record<string, Said>> =>
  Object.fromEntries(Array.from(letters, (letter) => [letter, { from, body: plain(letter) }]));

export const contentOf = ({ body }: Message): string => (body._tag === 'Plain' ? body.content : body._tag);
