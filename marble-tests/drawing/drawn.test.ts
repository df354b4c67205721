import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatMap, map, take } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingOf, type Recording } from './diagram.js';
import { drawn } from './drawn.js';

const FILE = 'marble-tests/drawing/drawn.test.ts';

describe('what a diagram draws', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawn-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const draw = (diagram: (helpers: RunHelpers) => void): void => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    drawn((run) => scheduler.run(run), diagram, folder);
  };
  const recording = (): Recording => JSON.parse(readFileSync(recordingOf(folder, FILE), 'utf8')) as Recording;

  it('is kept by the name of its test: inputs and outputs, with what letters mean where that is not themselves', () => {
    draw(({ hot, expectObservable }) => {
      const source$ = hot(' -a-b-#', { a: 1, b: 'b', c: 3 }, new Error('oops'));
      expectObservable(source$.pipe(take(1)), '^--!').toBe('-(a|)', { a: 1 });
      expectObservable(source$).toBe('- 0ms a-b-#', { a: 1, b: 'b', m: 'none' }, new Error('oops'));
    });
    expect(recording()).toEqual({
      [expect.getState().currentTestName ?? '']: {
        inputs: [{ kind: 'hot', marbles: ' -a-b-#', values: { a: '1', '#': 'Error "oops"' }, subscriptions: [] }],
        outputs: [
          { marbles: '-(a|)', values: { a: '1' }, subscriptions: ['^--!'] },
          { marbles: '- 0ms a-b-#', values: { a: '1', '#': 'Error "oops"' }, subscriptions: [] },
        ],
      },
    });
  });

  it('is one cold stream where it is drawn anew each time, and has its subscriptions where the test expects them', () => {
    draw(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const source$ = hot('a-b|');
      expectObservable(source$.pipe(concatMap(() => cold('x|')))).toBe('x-x|');
      expectSubscriptions(source$.subscriptions).toBe('^--!');
    });
    draw(({ hot, expectObservable }) => {
      expectObservable(hot('c').pipe(map((letter) => letter))).toBe('c');
    });
    const [diagram] = Object.values(recording());
    expect(diagram?.inputs.map(({ marbles, subscriptions }) => [marbles, ...subscriptions])).toEqual([
      ['a-b|', '^--!'],
      ['x|'],
      ['c'],
    ]);
    expect(diagram?.outputs.map(({ marbles }) => marbles)).toEqual(['x-x|', 'c']);
  });

  it('is not kept of a diagram that differs from what is expected', () => {
    expect(() => {
      draw(({ hot, expectObservable }) => {
        expectObservable(hot('a')).toBe('b');
      });
    }).toThrow();
    expect(existsSync(recordingOf(folder, FILE))).toBe(false);
  });
});

describe('a diagram', () => {
  it('has the helpers of its scheduler themselves where nobody wants to know', () => {
    const scheduler = new TestScheduler(() => undefined);
    let given: RunHelpers | undefined;
    let seen: RunHelpers | undefined;
    drawn(
      (draw) =>
        scheduler.run((helpers) => {
          given = helpers;
          draw(helpers);
        }),
      (helpers: RunHelpers) => {
        seen = helpers;
      },
      undefined,
    );
    expect(seen).toBe(given);
  });
});
