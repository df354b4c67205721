/** Runs contenders against each other. */
import { start } from './child.js';
import type { Mix } from './flood.js';
import { Listening, Prepared, Ready, Received } from './orders.js';

/**
 * The conversations become known in steps of this many. If they all came at once, V8 would learn that the objects of
 * a message live long.
 */
const FEW = 20;

export interface Entry {
  /** The contender's name in `receiver.ts`. */
  readonly contender: string;
  /** What the checksum is made from. */
  readonly counts: 'texts' | 'bytes';
  /** Number of conversations of its messages. */
  readonly conversations: number;
}

export interface Plan {
  readonly entries: readonly Entry[];
  /** Number of measured rounds. */
  readonly rounds: number;
  /** The kinds of messages in a flood. Default: texts. */
  readonly mix?: Mix;
  /** Number of messages in a flood. */
  readonly count: number;
}

/**
 * Messages per second of each contender, one number for each round.
 *
 * The server and each contender have their own processes. So a contender's garbage does not slow another one down,
 * and no code is optimised for another contender's objects. A contender's process runs for all rounds, like an
 * application. In a round every contender gets the same number of messages, one contender after another. The next
 * round begins with the next contender, so that other load on the machine affects all of them.
 */
export const run = async ({
  entries,
  rounds,
  count,
  mix = 'texts',
}: Plan): Promise<ReadonlyMap<string, readonly number[]>> => {
  const server = start('flood-server.ts', mix);
  const { port } = await server.next(Listening);

  const contenders = entries.map((entry) => {
    const path = `/${entry.contender}`;
    return {
      ...entry,
      path,
      child: start('receiver.ts', entry.contender, `ws://127.0.0.1:${port}${path}`),
      rates: [] as number[],
    };
  });
  await Promise.all(contenders.map(({ child }) => child.next(Ready)));

  const spreads = [...new Set(entries.map(({ conversations }) => conversations))];
  /** The number of the next message. */
  let first = 0;
  const flood = async (messages: number, order: typeof contenders): Promise<readonly number[]> => {
    server.send({ order: 'prepare', first, count: messages, spreads });
    first += messages;
    const { expected } = await server.next(Prepared);
    const times: number[] = [];
    for (const { contender, child, counts, conversations, path } of order) {
      child.send({ expect: messages });
      await child.next(Ready);
      const report = child.next(Received);
      server.send({ order: 'pour', path, conversations });
      const { elapsed, checksum } = await report;
      if (checksum !== expected.find((prepared) => prepared.conversations === conversations)?.[counts]) {
        throw new Error(`${contender} has received other ${counts} than were sent`);
      }
      times.push(elapsed);
    }
    return times;
  };

  // First a message for each conversation, so that all are known: handling unknown conversations is not measured
  // here. Then a flood to warm up the compiler.
  for (let known = 0; known < Math.max(...spreads); known += FEW) await flood(FEW, contenders);
  await flood(count, contenders);
  for (let round = 0; round < rounds; round += 1) {
    const shift = round % contenders.length;
    const order = [...contenders.slice(shift), ...contenders.slice(0, shift)];
    const times = await flood(count, order);
    order.forEach(({ rates }, index) => rates.push((count - 1) / ((times[index] ?? NaN) / 1000)));
  }

  for (const { child } of contenders) child.stop();
  server.stop();
  return new Map(contenders.map(({ contender, rates }) => [contender, rates]));
};

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
};
