import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RoomPriority } from 'rx-realtime/server';
import { createPriorityQueue } from '../../server/priority-queue.js';

interface Item {
  readonly number: number;
  readonly priority: RoomPriority;
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<RoomPriority>(1, 2, 3) },
  { weight: 2, arbitrary: fc.constant<'take'>('take') },
);

it('drops low items first, then normal ones, the oldest first, never high ones; it keeps the order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.integer({ min: 1, max: 8 }), (steps, limit) => {
      const queue = createPriorityQueue<Item>(limit);
      /** The items that should be in the queue, in order. */
      let model: readonly Item[] = [];
      let number = 0;
      for (const one of steps) {
        if (one === 'take') {
          expect(queue.take()).toBe(model[0]);
          model = model.slice(1);
        } else {
          number += 1;
          const item: Item = { number, priority: one };
          model = [...model, item];
          const least = ([3, 2] as const).find((priority) => model.some((other) => other.priority === priority));
          const gone = model.length > limit ? model.find(({ priority }) => priority === least) : undefined;
          expect(queue.add(item, one)?.item).toBe(gone);
          model = model.filter((other) => other !== gone);
        }
        expect(queue.size()).toBe(model.length);
      }
    }),
  );
});

it('is bounded, except for high items', () => {
  const queue = createPriorityQueue<number>(2);
  for (let number = 0; number < 1_000; number += 1) queue.add(number, 3);
  expect(queue.size()).toBe(2);
  for (let number = 0; number < 1_000; number += 1) queue.add(number, 1);
  expect(queue.size()).toBe(1_000);
});
