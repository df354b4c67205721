/**
 * A process with a server: `store-host.ts <store> <kind> <conversations> <senders> <filled>`. The store is `memory`,
 * `sqlite:<directory>` or a postgres address; `each ` before it makes each message a commit of its own. The kind is
 * `ordinary` or `room`. `filled`: so many messages are in the first conversation already, and a tenth of it more
 * conversations are there.
 */
import { either as E } from 'fp-ts';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  createServer,
  memoryStore,
  openPostgresStore,
  openSqliteStore,
  type MovingStore,
  type StoredMessage,
} from 'rx-realtime/server';
import { HostOrder, senderId } from './store-orders.js';

const [given = '', kind = '', conversations = '1', senders = '1', filled = '0'] = process.argv.slice(2);
const EACH = 'each ';
const SQLITE = 'sqlite:';
/** Messages, or conversations, of a call of the store that fills it. */
const BATCH = 1_000;

/** Nothing is deleted while it is measured. */
const kept = { historyMessages: Infinity };

const open = async (name: string): Promise<MovingStore> => {
  if (name === 'memory') return memoryStore(kept);
  return name.startsWith(SQLITE)
    ? openSqliteStore({ directory: name.slice(SQLITE.length), ...kept })
    : openPostgresStore({ url: name, ...kept });
};

/** Carries out one append after the other, a message each, so that each has a commit of its own. */
const oneByOne = (store: MovingStore): MovingStore => {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    ...store,
    append: (messages) => {
      const result = tail.then(async () => {
        const results = [];
        for (const message of messages) results.push(...(await store.append([message])));
        return results;
      });
      tail = result.catch(() => undefined);
      return result;
    },
  };
};

const opened = await open(given.replace(EACH, ''));
const store = given.startsWith(EACH) ? oneByOne(opened) : opened;
const server = await createServer({
  store,
  // All clients of a bench have one address.
  limits: { connections: Infinity, connectionsByAddress: Infinity, memberships: Infinity },
});

const { backEnd, url } = server;

const ids: string[] = [];
for (let index = 0; index < Number(conversations); index += 1) {
  const members = Array.from({ length: Number(senders) }, (_, sender) => senderId(sender)).filter(
    (_, sender) => sender % Number(conversations) === index,
  );
  // The last one is never there.
  const { id } = await backEnd.create(kind === 'room' ? { kind } : { members: [...members, 'absent'] });
  ids.push(id);
}

/** Calls `store` with batches of what `make` gives for each number below `count`. */
const inBatches = async <A>(
  count: number,
  make: (number: number) => A,
  store: (batch: readonly A[]) => Promise<readonly { readonly _tag: string }[]>,
): Promise<void> => {
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => make(from + index));
    const failed = (await store(batch)).find(({ _tag }) => _tag !== 'Stored');
    if (failed !== undefined) throw new Error(`the store could not be filled: ${failed._tag}`);
  }
};

const text = { msg: 'x'.repeat(200), type: -1, receipt: false, mentions: [], mentionsAll: false } as const;
/** By the calls of an import: to send so much would take an hour. A second has ten messages. */
const fill = async (count: number, conversationId: string): Promise<void> => {
  const now = Date.now();
  const dates = { createdAt: now, updatedAt: now };
  await inBatches(
    count / 10,
    (number) => ({
      ...{ id: `filled ${number}`, kind: 'ordinary' as const, attributes: {}, ...dates },
      members: [`other ${number}`, `another ${number}`],
    }),
    (batch) => opened.importConversations(batch),
  );
  await inBatches(
    count,
    (number): StoredMessage => ({
      ...text,
      ...{ id: `filled ${number}`, conversationId, from: 'another', timestamp: now + (number - count) * 100 },
    }),
    (batch) => opened.importMessages(batch),
  );
};
if (filled !== '0') await fill(Number(filled), ids[0] ?? '');

const delay = monitorEventLoopDelay({ resolution: 1 });
process.on('message', (message) => {
  const order = HostOrder.decode(message);
  if (E.isLeft(order)) throw new Error(`no order: ${JSON.stringify(message)}`);
  switch (order.right.order) {
    case 'begin':
      delay.reset();
      delay.enable();
      return;
    case 'end':
      delay.disable();
      process.send?.({ late: delay.percentile(99) / 1e6 });
      return;
    case 'close':
      void server.close().then(() => process.send?.({ closed: true }));
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ url, ids });
