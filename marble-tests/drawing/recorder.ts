/** Helpers for diagrams that note what is drawn with them. */
import type { RunHelpers } from 'rxjs/testing';
import type { FakeServer, Said } from '../../testing/index.js';
import type { Diagram, Input, Line } from './diagram.js';
import { inWords } from './in-words.js';

/** RxJS's helpers, or those of the testing kit. */
export interface Drawing extends RunHelpers {
  readonly server?: FakeServer;
}

type Values = Readonly<Record<string, unknown>> | readonly unknown[] | undefined;

const NETWORK = { u: 'up', d: 'down', s: 'silent' };
/** What is no letter of a diagram: its signs, and numbers of ms. */
const NO_LETTERS = /(?<=^| )\d+(?:\.\d+)?(?:ms|s|m) |[()\-|^!#\s]/g;

/** What the letters of a diagram stand for, where that is not themselves. */
const legend = (marbles: string, values: Values, error: unknown): Readonly<Record<string, string>> => {
  const meanings = new Map<string, unknown>(values === undefined ? [] : Object.entries(values));
  const letters = [...new Set(marbles.replace(NO_LETTERS, ''))].filter((letter) => meanings.has(letter));
  const words = letters
    .map((letter) => [letter, inWords(meanings.get(letter))] as const)
    .filter(([letter, meaning]) => letter !== meaning);
  const failure = marbles.includes('#') && error !== undefined ? [['#', inWords(error)] as const] : [];
  return Object.fromEntries([...words, ...failure]);
};

const isSame = (a: Line, b: Line): boolean =>
  a.marbles === b.marbles && JSON.stringify(a.values) === JSON.stringify(b.values);

const saying = ({ from, body }: Said): string =>
  `${from} says ${inWords('text' in body ? body.text : 'content' in body ? body.content : body)}`;

/** The same helpers, and what was drawn with them so far. */
export const recording = <H extends Drawing>(helpers: H): readonly [H, () => Diagram] => {
  const inputs: Input[] = [];
  const outputs: (Line | undefined)[] = [];
  /** Whose log of subscriptions it is. */
  const logs = new Map<object, number>();

  const input = (kind: Input['kind'], marbles: string, values: Values, error?: unknown): number => {
    const line: Input = { kind, marbles, values: legend(marbles, values, error), subscriptions: [] };
    // One that is drawn where it is needed is the same each time.
    const same = kind === 'cold' ? inputs.findIndex((other) => other.kind === 'cold' && isSame(other, line)) : -1;
    return same === -1 ? inputs.push(line) - 1 : same;
  };
  const subscribed = (log: object, subscriptions: readonly string[]): void => {
    const index = logs.get(log);
    const line = index === undefined ? undefined : inputs[index];
    if (index !== undefined && line !== undefined) inputs[index] = { ...line, subscriptions };
  };

  const own: Pick<RunHelpers, 'hot' | 'cold' | 'expectObservable' | 'expectSubscriptions'> = {
    hot: (marbles, values, error) => {
      const hot$ = helpers.hot(marbles, values, error);
      logs.set(hot$.subscriptions, input('hot', marbles, values, error));
      return hot$;
    },
    cold: (marbles, values, error) => {
      const cold$ = helpers.cold(marbles, values, error);
      logs.set(cold$.subscriptions, input('cold', marbles, values, error));
      return cold$;
    },
    expectObservable: (observable$, subscription) => {
      const place = outputs.push(undefined) - 1;
      const { toBe, toEqual } = helpers.expectObservable(observable$, subscription);
      const subscriptions = typeof subscription === 'string' ? [subscription] : [];
      return {
        toEqual,
        toBe: (marbles, values: Values, error: unknown) => {
          outputs[place] = { marbles, values: legend(marbles, values, error), subscriptions };
          toBe(marbles, values, error);
        },
      };
    },
    expectSubscriptions: (log) => {
      const { toBe } = helpers.expectSubscriptions(log);
      return {
        toBe: (marbles) => {
          subscribed(log, typeof marbles === 'string' ? [marbles] : marbles);
          toBe(marbles);
        },
      };
    },
  };

  const { server } = helpers;
  const ownServer: Partial<Pick<Drawing, 'server'>> =
    server === undefined
      ? {}
      : {
          server: {
            ...server,
            messages: (conversationId, marbles, values) => {
              const said = Object.entries(values).map(([letter, one]) => [letter, saying(one)] as const);
              input('server', marbles, Object.fromEntries(said));
              server.messages(conversationId, marbles, values);
            },
            network: (marbles, values = {}) => {
              input('server', marbles, { ...NETWORK, ...values });
              server.network(marbles, values);
            },
          },
        };

  return [
    { ...helpers, ...own, ...ownServer },
    () => ({ inputs, outputs: outputs.filter((line) => line !== undefined) }),
  ];
};
