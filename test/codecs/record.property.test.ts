import fc from 'fast-check';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { record } from 'rx-realtime/codecs';
import { describe, expect, it } from 'vitest';
import { Timestamp } from '../../codecs/dates.js';

const Point = record('Point', { x: t.number }, { label: t.string });
const Event = record('Event', { at: Timestamp }, { until: Timestamp });
const time = fc.integer({ min: -8.64e15, max: 8.64e15 });

describe('record', () => {
  it('reads what it wrote if its fields have the same form on both sides', () => {
    fc.assert(
      fc.property(
        fc.record({ x: fc.double({ noNaN: true }), label: fc.string() }, { requiredKeys: ['x'] }),
        (point) => {
          expect(Point.decode(Point.encode(point))).toEqual(E.right(point));
        },
      ),
    );
  });

  it('reads what it wrote if its fields have different forms', () => {
    fc.assert(
      fc.property(fc.record({ at: time, until: time }, { requiredKeys: ['at'] }), (event) => {
        expect(Event.decode(Event.encode(event))).toEqual(E.right(event));
      }),
    );
  });

  it('does not accept a value with other keys, and drops them in a decode', () => {
    for (const point of [{ x: 1, y: 2 }, JSON.parse('{"x":1,"__proto__":{"y":2}}'), { x: 1, constructor: 2 }]) {
      expect(Point.is(point)).toBe(false);
      const decoded = Point.decode(point);
      expect(decoded).toStrictEqual(E.right({ x: 1 }));
    }
  });

  it('treats undefined as absent', () => {
    expect(Point.is({ x: 1, label: undefined })).toBe(false);
    expect(Point.decode({ x: 1, label: undefined })).toStrictEqual(E.right({ x: 1 }));
    expect(E.isLeft(Point.decode({ x: undefined }))).toBe(true);
  });

  it('treats inherited keys as absent', () => {
    expect(E.isLeft(Point.decode(Object.create({ x: 1 })))).toBe(true);
    expect(E.isLeft(record('Odd', { constructor: t.Function }, {}).decode({}))).toBe(true);
  });

  it.each([[null], [undefined], [1], ['x'], [[]], [[1]]])('refuses %j', (value) => {
    expect(Point.is(value)).toBe(false);
    expect(E.isLeft(Point.decode(value))).toBe(true);
  });

  it('names every wrong field', () => {
    const decoded = record('Pair', { a: t.number, b: t.number }, {}).decode({ a: 'x' });
    expect(E.isLeft(decoded) && decoded.left.map(({ context }) => context.map(({ key }) => key).join('.'))).toEqual([
      '.a',
      '.b',
    ]);
  });
});
