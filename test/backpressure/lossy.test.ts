/** Each lossy strategy behind a real socket, with a consumer that is slower than the messages. */
import {
  Subject,
  interval,
  lastValueFrom,
  map,
  pipe,
  take,
  tap,
  timer,
  toArray,
  type MonoTypeOperatorFunction,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text, type Message } from 'rx-realtime';
import {
  conflate,
  consume,
  dropByPriority,
  dropNewest,
  dropOldest,
  expire,
  sample,
  type Pressure,
  type StrategyOptions,
} from 'rx-realtime/streams';
import { textOf, world } from '../integration/world.js';

const COUNT = 2_000;
const BOUND = 20;

const { pair, server } = world();

const number = (message: Message): number => Number(textOf(message));
const slowly = consume((message: Message) => timer(5).pipe(map(() => message)));

const strategies: Readonly<Record<string, (options: StrategyOptions) => MonoTypeOperatorFunction<Message>>> = {
  dropOldest: (options) => pipe(dropOldest(BOUND, options), slowly),
  dropNewest: (options) => pipe(dropNewest(BOUND, options), slowly),
  dropByPriority: (options) =>
    pipe(
      dropByPriority(BOUND, (message) => number(message) % 7, options),
      slowly,
    ),
  conflate: (options) =>
    pipe(
      conflate((message) => number(message) % BOUND, { ...options, mark: 1 }),
      slowly,
    ),
  sample: (options) => sample(interval(5), options),
  // An item that waits for another one is late already. `expire` alone does not bound the number of items.
  expire: (options) => pipe(expire(4, options), dropOldest(COUNT), slowly),
};

describe.each(Object.entries(strategies))('%s behind a socket', (name, strategy) => {
  it('keeps its bound; shown and dropped messages together are all received messages', async () => {
    const { here, there } = await pair();
    const pressures: Pressure[] = [];
    const pressure$ = new Subject<Pressure>();
    pressure$.subscribe((pressure) => pressures.push(pressure));
    let received = 0;
    const shown = lastValueFrom(
      there.messages$.pipe(
        tap(() => {
          received += 1;
        }),
        take(COUNT),
        strategy({ pressureObserver: pressure$ }),
        map(number),
        toArray(),
      ),
    );
    for (let sent = 0; sent < COUNT; sent += 1)
      await server().backEnd.send(here.id, { from: 'Tom', body: text(String(sent)) });

    const kept = await shown;
    const given = pressures.at(-1)?.dropped ?? 0;
    expect(received).toBe(COUNT);
    expect(given).toBeGreaterThan(0);
    expect(kept.length + given).toBe(COUNT);
    for (const { queued } of pressures) expect(queued).toBeLessThanOrEqual(name === 'expire' ? COUNT : BOUND);
    expect(new Set(kept).size).toBe(kept.length);
  });
});
