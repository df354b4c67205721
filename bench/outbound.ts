/**
 * `npm run bench:outbound`: how fast messages go out and are acknowledged, compared with `leancloud-realtime` and with
 * the limit: one by one, with 256 and with 10,000 in flight. `npm run bench:outbound -- 3` does three rounds.
 */
import { availableParallelism } from 'node:os';
import { start } from './child.js';
import { Listening, Ready } from './orders.js';
import { median } from './rounds.js';
import { Counted, Sent } from './send-orders.js';

const ROUNDS = Number(process.argv[2] ?? 7);
/** How long a round of one contender may take on a busy machine, ms. */
const PATIENCE = 300_000;

/** How many messages wait for their acknowledgement at any time, and how many are sent in a round. */
const flights = [
  { flight: 1, count: 1_000 },
  { flight: 256, count: 20_000 },
  { flight: 10_000, count: 20_000 },
] as const;

const server = start('ack-server.ts');
const { port } = await server.next(Listening);
const contenders = ['bare', 'ours', 'outbox', 'leancloud'].map((name) => ({
  name,
  child: start('sender.ts', name, `ws://127.0.0.1:${String(port)}/${name}`),
  sent: 0,
  checksum: 0,
  measured: new Map(flights.map(({ flight }) => [flight as number, [] as (typeof Sent)['_A'][]])),
}));
await Promise.all(contenders.map(({ child }) => child.next(Ready)));

const send = async (contender: (typeof contenders)[number], flight: number, count: number) => {
  const { name, child } = contender;
  child.send({ first: contender.sent, count, flight });
  const sent = await child.next(Sent, PATIENCE);
  contender.sent += count;
  contender.checksum = (contender.checksum + sent.checksum) | 0;
  server.send({ path: `/${name}` });
  const there = await server.next(Counted);
  if (there.count !== contender.sent || there.checksum !== contender.checksum)
    throw new Error(`${name} has sent ${String(contender.sent)} messages, but ${String(there.count)} others have come`);
  return { ...sent, count };
};

// The first round warms the compiler up.
for (let round = 0; round <= ROUNDS; round += 1) {
  const shift = round % contenders.length;
  for (const { flight, count } of flights)
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      const sent = await send(contender, flight, count);
      if (round > 0) contender.measured.get(flight)?.push(sent);
    }
}
for (const { child } of contenders) child.stop();
server.stop();

/** Messages a second, microseconds of CPU a message, and the median of the medians of a round trip, microseconds. */
const figures = new Map(
  contenders.map(({ name, measured }) => [
    name,
    Object.fromEntries(
      flights.map(({ flight, count }) => {
        const all = measured.get(flight) ?? [];
        const of = (figure: (sent: (typeof all)[number]) => number): number => Math.round(median(all.map(figure)));
        return [
          flight,
          {
            rate: of(({ elapsed }) => count / (elapsed / 1_000)),
            cpu: of(({ cpu }) => cpu / count),
            p50: of(({ p50 }) => p50 * 1_000),
          },
        ];
      }),
    ),
  ]),
);
const at = (name: string, flight: number, figure: 'rate' | 'cpu' | 'p50'): number =>
  figures.get(name)?.[String(flight)]?.[figure] ?? NaN;
const ratio = (a: number, b: number): number => Number((a / b).toFixed(2));

console.log(
  `Messages a second, microseconds of CPU each, microseconds of a round trip; ${String(ROUNDS)} rounds; Node ${process.version}, ${String(availableParallelism())} cores`,
);
console.table(
  Object.fromEntries(
    contenders.flatMap(({ name }) =>
      flights.map(({ flight }) => [
        `${name}, ${String(flight)} in flight`,
        {
          ...figures.get(name)?.[flight],
          'x leancloud': ratio(at(name, flight, 'rate'), at('leancloud', flight, 'rate')),
        },
      ]),
    ),
  ),
);
for (const name of ['ours', 'outbox'])
  console.log(
    `${name} to leancloud, 256 in flight: rate ${String(ratio(at(name, 256, 'rate'), at('leancloud', 256, 'rate')))}, CPU ${String(ratio(at(name, 256, 'cpu'), at('leancloud', 256, 'cpu')))}; one by one: round trip ${String(ratio(at(name, 1, 'p50'), at('leancloud', 1, 'p50')))}; 10,000 in flight to 256: rate ${String(ratio(at(name, 10_000, 'rate'), at(name, 256, 'rate')))}`,
  );
console.log(JSON.stringify(Object.fromEntries(figures)));
