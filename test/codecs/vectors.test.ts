/** Frames as the encoder of the published client writes them (protocol: test vectors). */
import { either as E } from 'fp-ts';
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type DecodeFailed,
  type Frame,
  type ServerCommand,
} from 'rx-realtime/codecs';
import { describe, expect, it } from 'vitest';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (frame: Uint8Array | string) => Buffer.from(frame as Uint8Array).toString('hex');
const base64Of = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

const sentByClient: readonly (readonly [name: string, hex: string, command: ClientCommand])[] = [
  ['echo', '080e2801', { cmd: 'echo', i: 1 }],
  [
    'session/open',
    '080010011a036170702203746f6d2801b2061322046a732f3128003a01649001e8079801bb01',
    {
      cmd: 'session',
      op: 'open',
      appId: 'app',
      peerId: 'tom',
      i: 1,
      sessionMessage: { ua: 'js/1', r: false, deviceId: 'd', lastPatchTime: 1_000, configBitmap: 187 },
    },
  ],
  [
    'direct',
    '08022802c2060d0a0268695a0163720178a80100',
    { cmd: 'direct', i: 2, directMessage: { msg: 'hi', cid: 'c', dt: 'x', mentionAll: false } },
  ],
  ['ack', '0803ca060722016338014002', { cmd: 'ack', ackMessage: { cid: 'c', fromts: 1, tots: 2 } }],
  [
    'conv/query',
    '080110072804f206095000aa06040a027b7d',
    { cmd: 'conv', op: 'query', i: 4, convMessage: { flag: 0, where: { data: '{}' } } },
  ],
];

const sentByServer: readonly (readonly [name: string, hex: string, command: ServerCommand])[] = [
  ['echo', '080e2801', { cmd: 'echo', i: 1 }],
  ['goaway', '0815', { cmd: 'goaway' }],
  [
    'session/opened',
    '080010052203746f6d2801488080babbc82eb206085203746f6b58901c',
    {
      cmd: 'session',
      op: 'opened',
      peerId: 'tom',
      i: 1,
      serverTs: 1_600_000_000_000,
      sessionMessage: { st: 'tok', stTtl: 3_600 },
    },
  ],
  [
    'session/closed',
    '080010062203746f6d4002b20615608f206a1053455353494f4e5f434f4e464c494354',
    {
      cmd: 'session',
      op: 'closed',
      peerId: 'tom',
      service: 2,
      sessionMessage: { code: 4_111, reason: 'SESSION_CONFLICT' },
    },
  ],
  ['ack', '08032802ca060628e80732016d', { cmd: 'ack', i: 2, ackMessage: { t: 1_000, uid: 'm' } }],
  ['error', '08072803ba060608cf21120152', { cmd: 'error', i: 3, errorMessage: { code: 4_303, reason: 'R' } }],
  [
    'patch',
    '08121096019207130a110a016312016d58c8ddffffffffffffff01',
    { cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid: 'c', mid: 'm', patchCode: -4_408 }] } },
  ],
  [
    'unread',
    '0805d206090a050a016310031009',
    { cmd: 'unread', unreadMessage: { convs: [{ cid: 'c', unread: 3 }], notifTime: 9 } },
  ],
];

const readAndWritten =
  (decode: (frame: Frame) => E.Either<DecodeFailed, unknown>) =>
  (_name: string, hex: string, command: ClientCommand | ServerCommand): void => {
    expect(decode(bytes(hex))).toEqual(E.right(command));
    expect(decode(bytes(hex).buffer)).toEqual(E.right(command));
    expect(decode(Buffer.from(hex, 'hex'))).toEqual(E.right(command));
    expect(decode(base64Of(hex))).toEqual(E.right(command));
    expect(hexOf(encodeFrame(command, subprotocols.binary))).toBe(hex);
    expect(encodeFrame(command, subprotocols.base64)).toBe(base64Of(hex));
  };

describe('a frame is read and written byte for byte', () => {
  it.each(sentByClient)('%s from a client', readAndWritten(decodeClientFrame));
  it.each(sentByServer)('%s from a server', readAndWritten(decodeServerFrame));
});

it('writes the heartbeat as CA4oAQ== in base64', () => {
  expect(encodeFrame({ cmd: 'echo', i: 1 }, subprotocols.base64)).toBe('CA4oAQ==');
});

describe('a kind without a codec keeps its name', () => {
  it.each([
    ['a command of another protocol', '081428052203746f6d', { kind: 'blacklist', i: 5, peerId: 'tom' }],
    ['a command with a number that has no name', '08632801', { kind: '99', i: 1 }],
    ['an operation with a number that has no name', '080010e707', { kind: 'session/999' }],
    ['a command without the operation that it needs', '0800', { kind: 'session' }],
  ])('%s', (_, hex, expected) => {
    for (const decode of [decodeClientFrame, decodeServerFrame]) {
      const command = { cmd: 'unsupported', ...expected };
      expect(decode(bytes(hex))).toStrictEqual(E.right(command));
      expect(decode(base64Of(hex))).toStrictEqual(E.right(command));
    }
  });
});

describe('a field that a command does not have is dropped', () => {
  it('if the schema has it', () => {
    // direct, with a `uid` and an `op` that a push does not have.
    const frame = encodeFrame(
      {
        cmd: 'direct',
        op: 'open',
        directMessage: { cid: 'c', id: 'm', fromPeerId: 'f', timestamp: 1, uid: 'u' },
      } as ServerCommand,
      subprotocols.binary,
    );
    expect(decodeServerFrame(frame)).toEqual(
      E.right({ cmd: 'direct', directMessage: { cid: 'c', id: 'm', fromPeerId: 'f', timestamp: 1 } }),
    );
  });

  it('if the schema does not have it', () => {
    // Field 200 of the envelope, a string.
    expect(decodeServerFrame(bytes('080e2801c20c0178'))).toEqual(E.right({ cmd: 'echo', i: 1 }));
  });
});
