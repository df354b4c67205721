/**
 * A process with a server: `store-host.ts <store> <kind> <conversations> <senders> <filled>`. The store is `memory`,
 * `sqlite:<directory>` or a postgres address; `each ` before it makes each message a commit of its own. The kind is
 * `ordinary` or `room`. `filled`: so many messages are in the first conversation already, and a tenth of it more
 * conversations are there.
 */
import { either as E } from 'fp-ts';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createServer, memoryStore, openPostgresStore, openSqliteStore, type Store } from 'rx-realtime/server';
import { HostOrder, senderId } from './store-orders.js';

const [given = '', kind = '', conversations = '1', senders = '1', filled = '0'] = process.argv.slice(2);
const EACH = 'each ';
const SQLITE = 'sqlite:';
/** Calls of the store that fill it, at once. */
const AT_ONCE = 250;
/** Messages of one of these calls. */
const BATCH = 200;

const open = async (name: string): Promise<Store> => {
  if (name === 'memory') return memoryStore({ historyMessages: Infinity });
  return name.startsWith(SQLITE)
    ? openSqliteStore({ directory: name.slice(SQLITE.length) })
    : openPostgresStore({ url: name });
};

/** Carries out one append after the other, a message each, so that each has a commit of its own. */
const oneByOne = (store: Store): Store => {
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

/** Does it so often, some at once. */
const repeat = async (times: number, work: (number: number) => Promise<unknown>): Promise<void> => {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
};

const text = { msg: 'x'.repeat(200), receipt: false, mentions: [], mentionsAll: false } as const;
const fill = async (count: number, conversationId: string): Promise<void> => {
  await repeat(count / 10, (number) => backEnd.create({ members: [`other ${number}`, `another ${number}`] }));
  await repeat(count / BATCH, (number) =>
    store.append(
      Array.from({ length: BATCH }, (_, index) => ({
        ...text,
        ...{ conversationId, from: 'another', token: `${number} ${index}`, now: Date.now() },
      })),
    ),
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
