import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inProcessBus, type Bus, type Notice, type RoomPriority } from 'rx-realtime/server';
import type { Receive } from '../../server/bus.js';
import { createRoomFanOut } from '../../server/room-fan-out.js';
import { createTurns } from '../../server/turns.js';

const ROOM = 'room';

/** A fan-out that runs one turn each time the test says so. */
const steered = (limit: number, bus: Bus = inProcessBus()) => {
  const due: (() => void)[] = [];
  let now = 0;
  const reported: unknown[] = [];
  const report = (error: unknown): void => {
    reported.push(error);
  };
  // Each turn takes longer than a slice.
  const turns = createTurns({ report, now: () => (now += 10), soon: (run) => due.push(run) });
  const goOn = (): void => due.shift()?.();
  const settle = (): void => {
    while (due.length > 0) goOn();
  };
  return { ...createRoomFanOut({ bus, turns, limit, report }), bus, goOn, settle, reported };
};

/** A notice with a number, which is also its time. */
const notice = (number: number, priority?: RoomPriority, except?: string): Notice => ({
  _tag: 'Push',
  command: { cmd: 'direct', directMessage: { id: 'id', cid: ROOM, fromPeerId: 'x', timestamp: number, msg: '' } },
  ...(priority === undefined ? {} : { priority }),
  ...(except === undefined ? {} : { except }),
});

const numberOf = (one: Notice): number =>
  one._tag === 'Push' && one.command.cmd === 'direct' ? one.command.directMessage.timestamp : -1;

/** A session, and the notices that it has heard. */
const listener = (id: string) => {
  const heard: number[] = [];
  let missed = 0;
  return {
    id,
    clientId: id,
    heard,
    missed: (drops: { readonly normal: number; readonly low: number }): void => {
      missed += drops.normal + drops.low;
    },
    missedCount: (): number => missed,
    receive: (one: Notice): void => {
      heard.push(numberOf(one));
    },
  };
};

interface Published {
  readonly number: number;
  readonly priority: RoomPriority;
  readonly by: string;
}

describe('a notice that is published in a chat room', () => {
  it('reaches all clients inside, in order; dropped ones are counted per receiver, and none is high', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            {
              weight: 6,
              arbitrary: fc.record({
                by: fc.constantFrom('a', 'b', 'out'),
                priority: fc.constantFrom<RoomPriority>(1, 2, 3),
              }),
            },
            { weight: 2, arbitrary: fc.constant('go on' as const) },
          ),
          { maxLength: 120 },
        ),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 2, max: 80 }),
        async (steps, limit, count) => {
          const { enter, bus, goOn, settle } = steered(limit);
          const inside = Array.from({ length: count }, (_, index) =>
            listener(index < 2 ? (['a', 'b'][index] ?? '') : String(index)),
          );
          for (const one of inside) await enter(ROOM, one);
          const published: Published[] = [];
          for (const step of steps) {
            if (step === 'go on') goOn();
            else {
              published.push({ ...step, number: published.length });
              bus.publishRoom(ROOM, notice(published.length - 1, step.priority, step.by));
            }
          }
          settle();

          for (const { id, heard, missedCount } of inside) {
            const others = published.filter(({ by }) => by !== id).map(({ number }) => number);
            const fromOthers = heard.filter((number) => others.includes(number));
            expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
            expect(fromOthers.length + missedCount()).toBe(others.length);
            expect(heard).toEqual(
              expect.arrayContaining(published.filter(({ priority }) => priority === 1).map(({ number }) => number)),
            );
          }
          expect(new Set(inside.map(({ heard }) => heard.join())).size).toBe(1);
        },
      ),
    );
  });

  it('is delivered together with others that were published while clients received the earlier ones', async () => {
    const { enter, bus, goOn } = steered(100);
    const inside = Array.from({ length: 40 }, (_, index) => listener(String(index)));
    for (const one of inside) await enter(ROOM, one);
    const last = inside.at(-1);
    const order: string[] = [];
    await enter(ROOM, {
      ...listener('spy'),
      receive: (one) => {
        order.push(`${String(numberOf(one))} when the last one before has ${String(last?.heard.length)}`);
      },
    });
    bus.publishRoom(ROOM, notice(0));
    bus.publishRoom(ROOM, notice(1));
    expect(inside.every(({ heard }) => heard.length === 0)).toBe(true);
    goOn();
    goOn();
    expect(order).toEqual(['0 when the last one before has 2', '1 when the last one before has 2']);
  });

  it('is not delivered to a client that enters later, nor to one that has left', async () => {
    const { enter, bus, goOn } = steered(100);
    const [early, late] = [listener('early'), listener('late')];
    const leaveEarly = await enter(ROOM, early);
    bus.publishRoom(ROOM, notice(0));
    await enter(ROOM, late);
    bus.publishRoom(ROOM, notice(1));
    goOn();
    bus.publishRoom(ROOM, notice(2));
    leaveEarly();
    goOn();
    expect(early.heard).toEqual([0, 1]);
    expect(late.heard).toEqual([1, 2]);
    expect(await bus.occupants(ROOM)).toEqual(['late']);
  });

  it('is not counted as missed for a client that enters later', async () => {
    const { enter, bus, goOn } = steered(1);
    const [early, late] = [listener('early'), listener('late')];
    await enter(ROOM, early);
    bus.publishRoom(ROOM, notice(0, 3));
    bus.publishRoom(ROOM, notice(1, 3));
    await enter(ROOM, late);
    goOn();
    expect([early.heard, early.missedCount()]).toEqual([[1], 1]);
    expect([late.heard, late.missedCount()]).toEqual([[], 0]);
    // From now on, this client counts like the others.
    bus.publishRoom(ROOM, notice(2, 3));
    bus.publishRoom(ROOM, notice(3, 3));
    goOn();
    expect([late.heard, late.missedCount()]).toEqual([[3], 1]);
  });

  it('is not delivered to a client that leaves meanwhile', async () => {
    const { enter, bus, goOn } = steered(100);
    const leaving = listener('leaving');
    let leave = (): void => undefined;
    leave = await enter(ROOM, {
      ...leaving,
      receive: (one) => {
        leaving.receive(one);
        leave();
      },
    });
    bus.publishRoom(ROOM, notice(0));
    bus.publishRoom(ROOM, notice(1));
    goOn();
    expect(leaving.heard).toEqual([0]);
  });

  it('reaches the others if one receiver throws, and the error is reported', async () => {
    const { enter, bus, goOn, reported } = steered(100);
    const fault = new Error('out of order');
    await enter(ROOM, {
      ...listener('broken'),
      receive: () => {
        throw fault;
      },
    });
    const other = listener('other');
    await enter(ROOM, other);
    bus.publishRoom(ROOM, notice(0));
    goOn();
    expect(other.heard).toEqual([0]);
    expect(reported).toEqual([fault]);
  });

  it('is not delivered to a client whose entry into the bus failed', async () => {
    const bus = inProcessBus();
    const failing: Bus = {
      ...bus,
      enter: (room, clientId, receive) =>
        clientId === 'nobody' ? Promise.reject(new Error('the bus is down')) : bus.enter(room, clientId, receive),
    };
    const { enter, goOn } = steered(100, failing);
    const [somebody, nobody] = [listener('somebody'), listener('nobody')];
    await enter(ROOM, somebody);
    await expect(enter(ROOM, nobody)).rejects.toThrow('the bus is down');
    bus.publishRoom(ROOM, notice(0));
    goOn();
    expect(somebody.heard).toEqual([0]);
    expect(nobody.heard).toEqual([]);
  });

  it('comes from the bus once for all clients of this process, and not at all without clients', async () => {
    const bus = inProcessBus();
    let handed = 0;
    const counters = new Map<Receive, Receive>();
    /** One counter for each function that the bus gets: two functions would count twice. */
    const counting = (receive: Receive): Receive => {
      const counter =
        counters.get(receive) ??
        ((one: Notice): void => {
          handed += 1;
          receive(one);
        });
      counters.set(receive, counter);
      return counter;
    };
    const { enter, goOn } = steered(100, {
      ...bus,
      enter: (room, clientId, receive) => bus.enter(room, clientId, counting(receive)),
    });
    const inside = Array.from({ length: 10 }, (_, index) => listener(String(index)));
    const leaves: (() => void)[] = [];
    for (const one of inside) leaves.push(await enter(ROOM, one));
    bus.publishRoom(ROOM, notice(0));
    goOn();
    expect(handed).toBe(1);
    expect(inside.map(({ heard }) => heard)).toEqual(inside.map(() => [0]));
    for (const leave of leaves) leave();
    bus.publishRoom(ROOM, notice(1));
    expect(handed).toBe(1);
    expect(await bus.occupants(ROOM)).toEqual([]);
  });
});
