import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  hasMention,
  hasUnread,
  newest,
  NONE_RECENT,
  sizeOf,
  unreadAfter,
  withUnread,
  type RecentUnread,
} from '../../streams/recent-unread.js';

interface Known {
  readonly id: string;
  readonly timestamp: number;
  readonly mentioned: boolean;
}

/** The messages as a plain list. */
const listOf = ({ ids, times, from, to }: RecentUnread): readonly Known[] =>
  ids
    .map((id, index) => ({
      id,
      timestamp: Math.abs(times[index] ?? NaN),
      mentioned: (times[index] ?? NaN) < 0,
    }))
    .slice(from, to);

const message = fc.record({ id: fc.string(), timestamp: fc.integer({ min: 1, max: 300 }), mentioned: fc.boolean() });

/** What is done with one of the values that there are so far: the values share their lists. */
const step = fc.tuple(
  fc.nat(),
  fc.oneof(
    { weight: 8, arbitrary: fc.array(message, { minLength: 1, maxLength: 60 }).map((add) => ({ add })) },
    { weight: 1, arbitrary: fc.nat(300).map((after) => ({ after })) },
    { weight: 1, arbitrary: fc.nat(120).map((count) => ({ count })) },
  ),
);

it('each value keeps its own messages, whatever is made of the others', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const made: { readonly recent: RecentUnread; readonly list: readonly Known[] }[] = [
        { recent: NONE_RECENT, list: [] },
      ];
      for (const [which, what] of steps) {
        let { recent, list } = made[which % made.length] ?? { recent: NONE_RECENT, list: [] };
        if ('add' in what)
          for (const one of what.add) {
            recent = withUnread(recent, one);
            list = [...list, one].slice(-100);
          }
        else if ('after' in what) {
          recent = unreadAfter(recent, what.after);
          list = list.filter(({ timestamp }) => timestamp > what.after);
        } else {
          recent = newest(recent, what.count);
          list = what.count === 0 ? [] : list.slice(-what.count);
        }
        made.push({ recent, list });
      }
      for (const { recent, list } of made) {
        expect(listOf(recent)).toEqual(list);
        expect(sizeOf(recent)).toBe(list.length);
        expect(hasMention(recent)).toBe(list.some(({ mentioned }) => mentioned));
        for (const { id } of list) expect(hasUnread(recent, id)).toBe(true);
        expect(hasUnread(recent, 'no such id')).toBe(false);
      }
    }),
  );
});
