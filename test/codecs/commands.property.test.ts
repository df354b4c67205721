import fc from 'fast-check';
import { either as E } from 'fp-ts';
import {
  clientCommands,
  decodeClientFrame,
  decodeServerFrame,
  encodeFrame,
  LogItem,
  serverCommands,
  subprotocols,
  type DecodeFailed,
  type Frame,
} from 'rx-realtime/codecs';
import { describe, expect, it, test } from 'vitest';
import { arbitraryOf } from './arbitrary-of.js';

type Codec = (typeof clientCommands)[number] | (typeof serverCommands)[number];

const survivesTheWire = (codec: Codec, decode: (frame: Frame) => E.Either<DecodeFailed, unknown>): void => {
  fc.assert(
    fc.property(arbitraryOf(codec), fc.constantFrom(...Object.values(subprotocols)), (command, subprotocol) => {
      expect(decode(encodeFrame(command, subprotocol))).toEqual(E.right(command));
    }),
  );
};

describe('every command of a client is read as it was written', () => {
  test.each(clientCommands.map((codec) => [codec.name, codec] as const))('%s', (_, codec) => {
    survivesTheWire(codec, decodeClientFrame);
  });
});

describe('every command of a server is read as it was written', () => {
  test.each(serverCommands.map((codec) => [codec.name, codec] as const))('%s', (_, codec) => {
    survivesTheWire(codec, decodeServerFrame);
  });
});

it('reads a stored message as it was written', () => {
  fc.assert(
    fc.property(arbitraryOf(LogItem), (item) => {
      expect(LogItem.decode(LogItem.encode(item))).toEqual(E.right(item));
    }),
  );
});

it('lists no kind of a direction twice', () => {
  for (const codecs of [clientCommands, serverCommands]) {
    const names = codecs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

it('takes an empty list for none', () => {
  const frame = encodeFrame({ cmd: 'conv', op: 'start', convMessage: { m: [] } }, subprotocols.binary);
  expect(decodeClientFrame(frame)).toEqual(E.right({ cmd: 'conv', op: 'start', convMessage: {} }));
});
