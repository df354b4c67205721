import fc from 'fast-check';
import { Subject, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keyedState, receiptsReducer, type ClientEvent, type Receipts } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { receipt } from './log.js';

const receipts = (log$: Observable<ClientEvent>) => keyedState(log$, receiptsReducer)[0];

const diagram = (
  log: string,
  events: Readonly<Record<string, ClientEvent>>,
  expected: string,
  values: Readonly<Record<string, Receipts>>,
): void => {
  marbles(({ hot, expectObservable }) => {
    expectObservable(receipts(hot(log, events)).at('c')).toBe(expected, values);
  });
};

describe('receipts', () => {
  it('move forward: delivered, then read', () => {
    diagram('-d-r-', { d: receipt('delivered', 1), r: receipt('read', 2) }, '-d-r-', {
      d: { deliveredAt: 1 },
      r: { deliveredAt: 2, readAt: 2 },
    });
  });

  it('treat a read message as delivered if there was no delivery receipt', () => {
    diagram('-r-', { r: receipt('read', 2) }, '-r-', { r: { deliveredAt: 2, readAt: 2 } });
  });

  it('never move back, and emit nothing for late or repeated receipts', () => {
    diagram('-r-d-r-', { r: receipt('read', 5), d: receipt('delivered', 3) }, '-r-----', {
      r: { deliveredAt: 5, readAt: 5 },
    });
  });

  it('are kept for each conversation separately', () => {
    diagram('-o-', { o: receipt('read', 5, 'other') }, '---', {});
  });

  it('give the same result for any order and any repetition of the receipts', () => {
    const event = fc
      .record({ kind: fc.constantFrom('delivered' as const, 'read' as const), at: fc.nat(50) })
      .map(({ kind, at }) => receipt(kind, at));
    const final = (events: readonly ClientEvent[]): Receipts | undefined => {
      const log = new Subject<ClientEvent>();
      const state = receipts(log);
      events.forEach((entry) => {
        log.next(entry);
      });
      return state.get('c');
    };
    fc.assert(
      fc.property(fc.array(event), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (events, random) => {
        const keys = new Map(events.map((entry) => [entry, random.next().value]));
        const shuffled = [...events, ...events].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        expect(final(shuffled)).toEqual(final(events));
      }),
    );
  });
});
