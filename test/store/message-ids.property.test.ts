/** Ids of messages: their times can be read from them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasTime, messageIds, timeInId } from '../../server/store/sql/message-ids.js';

/** The first time that is too long for an id. */
const END = 2 ** 48;

it('an id begins with its time in whole ms, and ids are ordered as their times are', () => {
  const newId = messageIds();
  const time = fc.double({ min: 0, max: END, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(time, time, (one, other) => {
      const [id, otherId] = [newId(one), newId(other)];
      expect(timeInId(id)).toBe(Math.floor(one));
      expect(hasTime(id, one)).toBe(Number.isInteger(one) || undefined);
      if (Math.floor(one) < Math.floor(other)) expect(id < otherId).toBe(true);
    }),
  );
});

it.each([-1, END, 1e300])('a time that no id can have, such as %d, is not found in it', (time) => {
  expect(hasTime(messageIds()(time), time)).toBeUndefined();
});

it('any other text has no time, or one that fits into a column', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const time = timeInId(text);
      expect(time === undefined || (Number.isInteger(time) && time >= 0 && time < END)).toBe(true);
    }),
  );
});
