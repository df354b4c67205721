/** A message for many receivers is encoded once. */
import { expect, it, vi } from 'vitest';
import { subprotocols, type Subprotocol } from 'rx-realtime/codecs';
import type * as Base64 from '../../codecs/base64.js';
import { toBase64 } from '../../codecs/base64.js';
import type * as Wire from '../../codecs/wire.js';
import { serialiseWire } from '../../codecs/wire.js';
import { dial, login, open, say, serve, start, type RawClient } from './raw-client.js';

vi.mock('../../codecs/base64.js', async (original) => {
  const real = await original<typeof Base64>();
  return { ...real, toBase64: vi.fn(real.toBase64) };
});

const { binary, base64, binaryOffline, base64Offline } = subprotocols;

/** Lengths with a remainder of zero, one and two bytes, because base64 encodes three bytes at a time. */
vi.mock('../../codecs/wire.js', async (original) => {
  const real = await original<typeof Wire>();
  return { ...real, serialiseWire: vi.fn(real.serialiseWire) };
});

it.each([3_000, 3_001, 3_002])(
  'a message of %d bytes to a chat room is encoded once in protobuf and once in base64',
  async (length) => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, [], { transient: true });
    const enter = async (id: string, subprotocol: Subprotocol): Promise<readonly [string, RawClient]> => {
      const client = await dial(server.url, subprotocol);
      await open(client, id);
      await client.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: [id] } });
      return [id, client];
    };
    const inside = [
      await enter('a', binary),
      await enter('bb', binary),
      await enter('ccc', base64),
      await enter('dddd', base64),
      await enter('eeeee', binaryOffline),
      await enter('ffffff', base64Offline),
    ];
    const msg = 'x'.repeat(length);
    vi.mocked(serialiseWire).mockClear();
    vi.mocked(toBase64).mockClear();
    await say(tom, cid, { msg });
    for (const [id, client] of inside) {
      expect(await client.push('direct')).toMatchObject({ peerId: id, directMessage: { cid, fromPeerId: 'Tom', msg } });
    }
    // The bytes that the server encodes contain the sender's id. The bytes from the sender itself do not.
    const pushed = vi
      .mocked(serialiseWire)
      .mock.calls.filter(([command]) => JSON.stringify(command).includes('"fromPeerId":"Tom"'));
    expect(pushed).toHaveLength(1);
    expect(vi.mocked(toBase64).mock.calls.filter(([{ length: bytes }]) => bytes >= length)).toHaveLength(1);
  },
);
