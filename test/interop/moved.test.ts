/** The published client reads conversations and messages that have moved in from the cloud. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IMClient, Message } from 'leancloud-realtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RtmServer } from 'rx-realtime/server';
import { importInto } from '../../server/cli/import.js';
import { publishedRealtime, serverFor, ways } from './published.js';

const now = Date.now();
const at = (before: number): string => new Date(now - before).toISOString();
const ids = ['5a5d7432c3422b31ed845e75', '5a5d7432c3422b31ed845e76', '5a5d7432c3422b31ed845e77'] as const;

const conversations = ids.map((objectId, index) => ({
  objectId,
  m: ['Tom', 'Jerry'],
  c: 'Tom',
  name: `group ${index}`,
  topic: { level: index },
  createdAt: at(90_000),
  updatedAt: at(90_000),
  lm: { __type: 'Date', iso: at(index * 10_000) },
}));

const messages = Array.from({ length: 30 }, (_, index) => ({
  'msg-id': `message-${index}`,
  'conv-id': ids[0],
  from: index % 2 === 0 ? 'Tom' : 'Jerry',
  data: JSON.stringify(index === 29 ? { _lctype: -127 } : { _lctype: -1, _lctext: `text ${index}` }),
  timestamp: now - 30_000 + index * 1_000,
  'is-conv': true,
  'is-room': false,
  bin: false,
}));

const lines = (all: readonly object[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join('');

interface Query {
  addDescending(key: string): Query;
  withLastMessagesRefreshed(isRefreshed: boolean): Query;
  find(): Promise<readonly Read[]>;
}

/** The parts of a conversation of the published client that these tests use. */
interface Read {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly createdAt: Date;
  readonly lastMessageAt: Date;
  readonly lastMessage?: Message;
  get(key: string): unknown;
  send(message: Message): Promise<Message>;
  createMessagesIterator(options: { readonly limit: number }): {
    next(): Promise<{ readonly value: readonly Message[] }>;
  };
}

describe.each(ways)('the published client, after an import: $way', (way) => {
  let server: RtmServer;
  let client: IMClient;

  beforeEach(async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-moved-'));
    const { store, end } = await way.open();
    try {
      const [first, second] = [join(directory, 'c.jsonl'), join(directory, 'm.json')];
      writeFileSync(
        first,
        `#filetype:JSON-streaming {"type":"Class","class":"_Conversation"}\n${lines(conversations)}`,
      );
      writeFileSync(second, JSON.stringify(messages.toReversed()));
      const { exitCode } = await importInto([first, second, '--report', join(directory, 'report')], {
        env: {},
        say: () => undefined,
        fetch,
        now: Date.now,
        wait: () => Promise.resolve(),
        // The server goes on with it.
        open: () => Promise.resolve({ store: { ...store, close: () => Promise.resolve() }, secrets: [] }),
      });
      expect(exitCode).toBe(0);
    } finally {
      rmSync(directory, { recursive: true });
    }
    server = await serverFor({ ...way, open: () => Promise.resolve({ store, end }) });
    client = await publishedRealtime(way, server).createIMClient('Jerry');
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('lists the conversations by their activity, with names, attributes and last messages', async () => {
    const query = client.getQuery() as unknown as Query;
    const found = await query.addDescending('lm').withLastMessagesRefreshed(true).find();
    expect(found.map(({ id }) => id)).toEqual(ids);
    const [first] = found;
    expect([first?.name, first?.members, first?.get('topic')]).toEqual(['group 0', ['Tom', 'Jerry'], { level: 0 }]);
    expect(first?.createdAt.getTime()).toBe(now - 90_000);
    expect(first?.lastMessage?.id).toBe('message-29');
    expect(found[2]?.lastMessageAt.getTime()).toBe(now - 20_000);
  });

  it('reads the history page by page, with the ids, times and order of the cloud, and sends on', async () => {
    const conversation = (await client.getConversation(ids[0])) as unknown as Read;
    const pages = conversation.createMessagesIterator({ limit: 20 });
    const [newest, older] = [(await pages.next()).value, (await pages.next()).value];
    const read = [...older, ...newest];
    expect(read.map(({ id }) => id)).toEqual(messages.map((one) => one['msg-id']));
    expect(read.map(({ timestamp }) => timestamp.getTime())).toEqual(messages.map(({ timestamp }) => timestamp));
    const sent = await conversation.send(new way.sdk.TextMessage('new'));
    expect(sent.timestamp.getTime()).toBeGreaterThan(now - 1_000);
  });
});
