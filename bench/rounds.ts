/** Runs contenders against each other. */
import { start } from './child.js';
import type { Mix } from './flood.js';
import { Listening, Prepared, Ready, Received } from './orders.js';

/**
 * So many conversations become known at a time: were it all at once, V8 would learn that what a message makes lives
 * long.
 */
const FEW = 20;

export interface Entry {
  /** Its name in `receiver.ts`. */
  readonly contender: string;
  /** What its checksum is of. */
  readonly counts: 'texts' | 'bytes';
  /** Its messages are spread over so many conversations. */
  readonly conversations: number;
}

export interface Plan {
  readonly entries: readonly Entry[];
  /** Measured rounds. */
  readonly rounds: number;
  /** What the floods are made of. Default: texts. */
  readonly mix?: Mix;
  /** Messages of a flood. */
  readonly count: number;
}

/**
 * The messages a second of each contender, a number for each round.
 *
 * The server and each contender are processes of their own, so that nobody pays for another's memory, or for code
 * that was optimised for another's objects; a contender's process lives through all rounds, as an application's does.
 * In a round everybody gets as many messages, one contender after another, and the next round begins with the next
 * contender: what else the machine does meanwhile hits all of them.
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

  // A message for each conversation, so that it is known: those that wait for that are another matter. Then a flood
  // for the compiler.
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
