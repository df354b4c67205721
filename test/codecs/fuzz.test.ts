/** Frames that no peer would send. Each run uses the same frames. */
import fc from 'fast-check';
import { either as E } from 'fp-ts';
import {
  ClientCommand,
  decodeClientFrame,
  decodeServerFrame,
  encodeFrame,
  ServerCommand,
  subprotocols,
  type DecodeFailed,
  type Frame,
} from 'rx-realtime/codecs';
import { expect, it } from 'vitest';
import { clientCommands } from '../../codecs/client-commands/index.js';
import { serverCommands } from '../../codecs/server-commands/index.js';
import { sameNumbers } from '../../testing/random.js';
import { arbitraryOf } from './arbitrary-of.js';

const FRAMES = 100_000;

/** Integers from 0 up to a bound, from a seed. */
const numbers = (seed: number) => {
  const random = sameNumbers(seed);
  return (bound: number): number => Math.floor(random() * bound);
};

/** Ten frames of each command, with many kinds of content. */
const good = [...clientCommands, ...serverCommands]
  .flatMap((codec) => fc.sample(arbitraryOf(codec), { seed: 1, numRuns: 10 }))
  .map((command) => Buffer.from(encodeFrame(command, subprotocols.binary) as Uint8Array));

const below = numbers(20_261_123);
const pick = () => good[below(good.length)] ?? Buffer.alloc(0);
const randomBytes = (length: number) => Uint8Array.from({ length }, () => below(256));

const damages = [
  (frame: Buffer) => frame.subarray(0, below(frame.length + 1)),
  (frame: Buffer) => {
    const flipped = Buffer.from(frame);
    for (let flips = 1 + below(3); flips > 0 && flipped.length > 0; flips -= 1) {
      const at = below(flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8));
    }
    return flipped;
  },
  (frame: Buffer) =>
    Buffer.concat([
      frame.subarray(0, below(frame.length + 1)),
      randomBytes(below(8)),
      frame.subarray(below(frame.length + 1)),
    ]),
  (frame: Buffer) => Buffer.concat([frame, pick()]),
  () => Buffer.from(randomBytes(below(64))),
];

interface Reader {
  readonly decode: (frame: Frame) => E.Either<DecodeFailed, unknown>;
  readonly is: (command: unknown) => boolean;
}
const fromClient: Reader = { decode: decodeClientFrame, is: ClientCommand.is };
const fromServer: Reader = { decode: decodeServerFrame, is: ServerCommand.is };

const isBounded = ({ _tag, path, expected, preview }: DecodeFailed) =>
  (_tag as string) === 'DecodeFailed' && path.length <= 120 && expected.length <= 120 && preview.length <= 120;

it('decodes every random frame to a command or a failure, and never throws or hangs', () => {
  const counts = { commands: 0, failures: 0, wrong: 0 };
  for (let count = 0; count < FRAMES; count += 1) {
    const damaged = damages[count % damages.length]?.(pick()) ?? Buffer.alloc(0);
    const { decode, is } = below(2) === 0 ? fromClient : fromServer;
    const frame = [
      damaged,
      new Uint8Array(damaged),
      new Uint8Array(damaged).buffer,
      damaged.toString('base64'),
      damaged.toString('latin1'),
    ][below(5)];
    const decoded = decode(frame ?? '');
    if (E.isRight(decoded)) {
      counts.commands += 1;
      if (!is(decoded.right)) counts.wrong += 1;
    } else {
      counts.failures += 1;
      if (!isBounded(decoded.left)) counts.wrong += 1;
    }
  }
  expect(counts.wrong).toBe(0);
  // Both results must occur often, or the frames prove nothing.
  expect(counts.commands).toBeGreaterThan(FRAMES / 20);
  expect(counts.failures).toBeGreaterThan(FRAMES / 20);
  // The time is for a busy machine. A decoder that hangs exceeds it, too.
}, 120_000);
