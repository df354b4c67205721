import fc from 'fast-check';
import { either as E } from 'fp-ts';
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeFrame,
  LogItem,
  ServerCommand,
  subprotocols,
  type DecodeFailed,
  type Frame,
} from 'rx-realtime/codecs';
import { describe, expect, it, test } from 'vitest';
import { clientCommands } from '../../codecs/client-commands/index.js';
import { serverCommands } from '../../codecs/server-commands/index.js';
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

it('lists each kind of a direction only once', () => {
  for (const codecs of [clientCommands, serverCommands]) {
    const names = codecs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

it('treats an empty list as absent', () => {
  const frame = encodeFrame({ cmd: 'conv', op: 'start', convMessage: { m: [] } }, subprotocols.binary);
  expect(decodeClientFrame(frame)).toEqual(E.right({ cmd: 'conv', op: 'start', convMessage: {} }));
});

describe('the codec of a direction', () => {
  it('accepts the commands that it has decoded', () => {
    const unknown = decodeServerFrame(Uint8Array.of(8, 99));
    expect(unknown).toEqual(E.right({ cmd: 'unsupported', kind: '99' }));
    expect(E.isRight(unknown) && ServerCommand.is(unknown.right)).toBe(true);
    expect(ServerCommand.is({ cmd: 'patch', op: 'modify' })).toBe(false);
  });

  it.each([[null], [5], ['echo'], [{}], [{ cmd: null }]])('refuses %j', (value) => {
    expect(ServerCommand.is(value)).toBe(false);
    expect(E.isLeft(ServerCommand.decode(value))).toBe(true);
  });

  it('does not treat inherited keys of objects as kinds', () => {
    for (const cmd of ['constructor', '__proto__', 'toString']) {
      expect(ServerCommand.decode({ cmd })).toEqual(E.right({ cmd: 'unsupported', kind: cmd }));
    }
  });
});
