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

/** How long a flood took, ms. */
interface Took {
  readonly elapsed: number;
  readonly cpu: number;
}

/** Of one contender, one number for each round. */
export interface Rates {
  /** Messages per second. */
  readonly wall: readonly number[];
  /** Messages per second of processor time. Other load on the machine changes it less. */
  readonly cpu: readonly number[];
}

/**
 * The rates of each contender.
 *
 * The server and each contender have their own processes. So a contender's garbage does not slow another one down,
 * and no code is optimised for another contender's objects. A contender's process runs for all rounds, like an
 * application. In a round every contender gets the same number of messages, one contender after another. The next
 * round begins with the next contender, so that other load on the machine affects all of them.
 */
export const run = async ({ entries, rounds, count, mix = 'texts' }: Plan): Promise<ReadonlyMap<string, Rates>> => {
  const server = start('flood-server.ts', mix);
  const { port } = await server.next(Listening);

  const contenders = entries.map((entry) => {
    const path = `/${entry.contender}`;
    return {
      ...entry,
      path,
      child: start('receiver.ts', entry.contender, `ws://127.0.0.1:${port}${path}`),
      wall: [] as number[],
      cpu: [] as number[],
    };
  });
  await Promise.all(contenders.map(({ child }) => child.next(Ready)));

  const spreads = [...new Set(entries.map(({ conversations }) => conversations))];
  /** The number of the next message. */
  let first = 0;
  const flood = async (messages: number, order: typeof contenders): Promise<readonly Took[]> => {
    server.send({ order: 'prepare', first, count: messages, spreads });
    first += messages;
    const { expected } = await server.next(Prepared);
    const times: Took[] = [];
    for (const { contender, child, counts, conversations, path } of order) {
      child.send({ expect: messages });
      await child.next(Ready);
      const report = child.next(Received);
      server.send({ order: 'pour', path, conversations });
      const { elapsed, cpu, checksum } = await report;
      if (checksum !== expected.find((prepared) => prepared.conversations === conversations)?.[counts]) {
        throw new Error(`${contender} has received other ${counts} than were sent`);
      }
      times.push({ elapsed, cpu });
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
    order.forEach((contender, index) => {
      const { elapsed = NaN, cpu = NaN } = times[index] ?? {};
      contender.wall.push((count - 1) / (elapsed / 1000));
      contender.cpu.push((count - 1) / (cpu / 1000));
    });
  }

  for (const { child } of contenders) child.stop();
  server.stop();
  return new Map(contenders.map(({ contender, wall, cpu }) => [contender, { wall, cpu }]));
};

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
};

/** The median of the quotients of two lists, round by round: other load on the machine affects both in a round. */
export const ratio = (numbers: readonly number[], to: readonly number[]): number =>
  Number(median(numbers.map((number, index) => number / (to[index] ?? NaN))).toFixed(3));

/** The number of rounds: `--rounds=3` on the command line, or the usual number. */
export const roundsOr = (usual: number): number => {
  const given = process.argv.find((argument) => argument.startsWith('--rounds='));
  return given === undefined ? usual : Number(given.slice('--rounds='.length));
};
