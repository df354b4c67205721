import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  latestVersion,
  modifications,
  versions,
  type ClientEvent,
  type Message,
  type Modification,
} from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, message, read } from './log.js';

const edit = (editedAt: number, text: string, id = 'm1'): Modification => ({
  _tag: 'Edit',
  conversationId: 'c',
  message: message({ id, editedAt, body: { _tag: 'Text', text } }),
});
const recall = (editedAt: number, id = 'm1'): Modification => ({
  _tag: 'Recall',
  conversationId: 'c',
  message: message({ id, editedAt, body: { _tag: 'Recalled' } }),
});

const only = (...messages: readonly Message[]): ReadonlyMap<string, Message> =>
  new Map(messages.map((one) => [one.id, one]));

describe('versions', () => {
  it('holds the current version of each message: edits and recalls are applied', () => {
    const [m, e, r] = [arrived(), edit(5, 'new'), recall(6)];
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-m-e-r-|', { m, e, r }).pipe(versions())).toBe('-m-e-r-|', {
        m: only(m.message),
        e: only(e.message),
        r: only(r.message),
      });
    });
  });

  it('accepts an edit that arrives before its message or without it', () => {
    const [e, m, o] = [edit(5, 'new'), arrived(), edit(5, 'other', 'm2')];
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-e-m-o', { e, m, o }).pipe(versions()), '^-----!').toBe('-e---o', {
        e: only(e.message),
        o: only(e.message, o.message),
      });
    });
  });

  it('emits nothing for other entries and for repetitions', () => {
    const [m, x] = [arrived(), read(5)];
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-x-m-m', { m, x }).pipe(versions()), '^-----!').toBe('---m--', { m: only(m.message) });
    });
  });

  it('errors with the log', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<ClientEvent>('-#').pipe(versions())).toBe('-#');
    });
  });

  it('gives the same result for any order and any repetition of messages, edits and recalls', () => {
    const id = fc.constantFrom('m1', 'm2', 'm3');
    const event: fc.Arbitrary<ClientEvent> = fc.oneof(
      id.map((one) => arrived({ id: one, timestamp: 1 })),
      // Times of one message's changes differ, as the server has it.
      fc
        .tuple(id, fc.nat(30))
        .map(([one, at]) => (at % 5 === 0 ? recall(at + 1, one) : edit(at + 1, `version ${String(at)}`, one))),
    );
    const final = (events: readonly ClientEvent[]): ReadonlyMap<string, Message> => {
      const log = new Subject<ClientEvent>();
      let last: ReadonlyMap<string, Message> = new Map();
      log.pipe(versions()).subscribe((known) => {
        last = known;
      });
      for (const entry of events) log.next(entry);
      return last;
    };
    fc.assert(
      fc.property(fc.array(event), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (events, random) => {
        const shuffled = [...events, ...events]
          .map((entry) => [entry, random.next().value] as const)
          .sort(([, a], [, b]) => a - b)
          .map(([entry]) => entry);
        expect(new Map([...final(shuffled)].sort())).toEqual(new Map([...final(events)].sort()));
      }),
    );
  });
});

describe('latestVersion', () => {
  it('prefers the version that was edited last, and the first of two that were not edited', () => {
    const [plain, edited] = [message(), message({ editedAt: 5 })];
    expect(latestVersion(plain, edited)).toBe(edited);
    expect(latestVersion(edited, plain)).toBe(edited);
    expect(latestVersion(plain, message())).toBe(plain);
  });
});

describe('modifications', () => {
  it('emit the edits and recalls of a log, in order', () => {
    const values = { m: arrived(), e: edit(5, 'new'), r: recall(6) };
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('-m-e-r-|', values).pipe(modifications())).toBe('---e-r-|', values);
    });
  });
});
