import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { push_server } from '../../codecs/proto/rtm.js';
import { generate, generatedFile } from '../../scripts/codegen.js';

const { CommandType, OpType } = push_server.messages2;

describe('the generated code', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rtm-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is what the schema gives: run `npm run codegen` after a change', async () => {
    const fresh = join(directory, 'rtm.js');
    await generate(fresh);
    expect(await readFile(generatedFile, 'utf8')).toBe(await readFile(fresh, 'utf8'));
  });

  it('leaves what is absent absent, and has no 64-bit objects', () => {
    const message = push_server.messages2.GenericCommand.decode(new Uint8Array(Buffer.from('0802c2060320e807', 'hex')));
    expect(message).toEqual({ cmd: 2, directMessage: { timestamp: 1_000 } });
    for (const key of ['peerId', 'op', 'sessionMessage']) expect(key in message).toBe(false);
  });
});

describe('the numbers of the protocol', () => {
  it.each(
    Object.entries({
      session: 0,
      conv: 1,
      direct: 2,
      ack: 3,
      rcp: 4,
      unread: 5,
      logs: 6,
      error: 7,
      read: 11,
      echo: 14,
      patch: 18,
      blacklist: 20,
      goaway: 21,
    }),
  )('command %s is %i', (name, number) => {
    expect(CommandType[name]).toBe(number);
  });

  it.each(
    Object.entries({
      open: 1,
      add: 2,
      remove: 3,
      close: 4,
      opened: 5,
      closed: 6,
      query: 7,
      query_result: 8,
      refresh: 12,
      refreshed: 13,
      start: 30,
      started: 31,
      joined: 32,
      members_joined: 33,
      left: 39,
      members_left: 40,
      results: 42,
      update: 45,
      updated: 46,
      max_read: 51,
      modify: 150,
      modified: 151,
      block: 170,
      check_shutup: 190,
    }),
  )('operation %s is %i', (name, number) => {
    expect(OpType[name]).toBe(number);
  });
});
