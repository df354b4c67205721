/** Messages that arrive while the store is busy are stored together. */
import { either as E } from 'fp-ts';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { decodeServerFrame, type ClientCommand } from 'rx-realtime/codecs';
import { memoryStore, type RtmServer, type Store } from 'rx-realtime/server';
import { createBatches } from '../../server/batches.js';
import { serialByKey } from '../../server/serial.js';
import { dial, login, open, say, serve, start, codeOf, type RawClient } from './raw-client.js';
import { statsNow } from './stats-now.js';

/** Batches whose runs end when the test says so. */
const held = (most = 3) => {
  const runs: { readonly items: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const reported: unknown[] = [];
  const batches = createBatches<string, string>({
    inOrder: serialByKey(),
    run: (_, items, answer) =>
      new Promise((resolve, reject) => {
        runs.push({
          items,
          end: (error) => {
            if (error !== undefined) {
              reject(error);
              return;
            }
            items.forEach((item, index) => {
              answer(index, item.toUpperCase());
            });
            resolve();
          },
        });
      }),
    most,
    report: (error) => reported.push(error),
  });
  const items = (): readonly (readonly string[])[] => runs.map((run) => run.items);
  return { batches, runs, items, reported };
};

describe('batches', () => {
  it('an item that comes alone does not wait', async () => {
    const { batches, runs } = held();
    const result = batches.add('key', 'a');
    await turn();
    runs[0]?.end();
    expect(await result).toBe('A');
  });

  it('what comes while a batch is carried out is in the next one, up to the bound, in its order', async () => {
    const { batches, runs, items } = held();
    const results = [batches.add('key', 'a')];
    await turn();
    for (const item of ['b', 'c', 'd', 'e']) results.push(batches.add('key', item));
    for (let n = 0; n < 3; n += 1) {
      runs[n]?.end();
      await turn();
    }
    expect(items()).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('keys do not wait for each other', async () => {
    const { batches, items } = held();
    void batches.add('one', 'a');
    void batches.add('two', 'b');
    await turn();
    expect(items()).toEqual([['a'], ['b']]);
  });

  it('a job keeps its place: items that come after it are not carried out before it', async () => {
    const { batches, runs, items } = held();
    void batches.add('key', 'a');
    await turn();
    void batches.add('key', 'b');
    const done: string[] = [];
    const job = batches.inOrder('key', async () => {
      await turn();
      done.push(JSON.stringify(items()));
    });
    void batches.add('key', 'c');
    runs[0]?.end();
    await turn();
    runs[1]?.end();
    await job;
    await turn();
    expect(done).toEqual(['[["a"],["b"]]']);
    expect(items()).toEqual([['a'], ['b'], ['c']]);
  });

  it('an error rejects every item of its batch, and no other', async () => {
    const { batches, runs } = held();
    const results = ['a', 'b'].map((item) => batches.add('key', item));
    await turn();
    const later = batches.add('key', 'c');
    const settled = Promise.allSettled(results);
    runs[0]?.end(new Error('no'));
    await turn();
    runs[1]?.end();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await later).toBe('C');
  });

  it('an error after the answers is reported', async () => {
    const reported: unknown[] = [];
    const batches = createBatches<string, string>({
      inOrder: serialByKey(),
      run: (_, items, answer) => {
        items.forEach((item, index) => {
          answer(index, item);
        });
        return Promise.reject(new Error('late'));
      },
      most: 3,
      report: (error) => reported.push(error),
    });
    expect(await batches.add('key', 'a')).toBe('a');
    await turn();
    expect(reported).toHaveLength(1);
  });
});

/** A store that counts calls of `append`, each of which takes some turns of the event loop. */
const slow = (): { readonly store: Store; readonly sizes: readonly number[] } => {
  const store = memoryStore();
  const sizes: number[] = [];
  return {
    sizes,
    store: {
      ...store,
      append: async (messages) => {
        sizes.push(messages.length);
        for (let n = 0; n < 20; n += 1) await turn();
        return store.append(messages);
      },
    },
  };
};

describe('messages of one conversation', () => {
  it('are stored by few calls if the store is slow, and all receivers see the order of the store', async () => {
    const { store, sizes } = slow();
    const server = await serve({ store });
    const senders = await Promise.all(Array.from({ length: 12 }, (_, n) => login(server, `sender ${n}`)));
    const [first] = senders;
    if (first === undefined) throw new Error('there is no sender');
    const cid = await start(first, ['Tom', 'Jerry', ...senders.map((_, n) => `sender ${n}`)]);
    const receivers = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const acks = await Promise.all(
      senders.flatMap((sender, n) => [say(sender, cid, { msg: `${n} one` }), say(sender, cid, { msg: `${n} two` })]),
    );
    expect(sizes.length).toBeLessThan(acks.length / 2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(acks.length);
    const stored = await store.history({ conversationId: cid, direction: 'new', limit: 100 });
    for (const receiver of receivers) {
      const seen: unknown[] = [];
      while (seen.length < acks.length) seen.push((await receiver.push('direct')).directMessage.msg);
      expect(seen).toEqual(stored.map(({ msg }) => msg));
    }
  });

  it('reach each sender in one order with the answers to its own: acknowledgements and pushes, by time', async () => {
    const { store } = slow();
    const server = await serve({ store });
    const senders = await Promise.all(Array.from({ length: 6 }, (_, n) => login(server, `sender ${n}`)));
    const [first] = senders;
    if (first === undefined) throw new Error('there is no sender');
    const ids = senders.map((_, n) => `sender ${n}`);
    const cid = await start(first, ids);
    const seen = senders.map(({ socket }) => {
      const times: number[] = [];
      socket.on('message', (data: Buffer, isBinary) => {
        const frame = decodeServerFrame(isBinary ? data : data.toString());
        if (E.isLeft(frame)) return;
        if (frame.right.cmd === 'ack') times.push(frame.right.ackMessage.t ?? 0);
        if (frame.right.cmd === 'direct') times.push(frame.right.directMessage.timestamp);
      });
      return times;
    });
    await Promise.all(
      senders.flatMap((sender, n) => [1, 2, 3].map((time) => say(sender, cid, { msg: `${n} ${time}` }))),
    );
    await Promise.all(senders.map((sender) => sender.settle()));
    for (const times of seen) {
      expect(times).toHaveLength(18);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });
});

describe('two sessions on one socket', () => {
  it('the answer to a command is written before what the command causes in the other session', async () => {
    const server = await serve();
    const socket = await dial(server.url);
    await open(socket, 'Tom');
    await open(socket, 'Jerry');
    const arrived: string[] = [];
    socket.socket.on('message', (data: Buffer, isBinary) => {
      const frame = decodeServerFrame(isBinary ? data : data.toString());
      if (E.isRight(frame)) arrived.push(`${frame.right.cmd} ${'op' in frame.right ? frame.right.op : ''}`);
    });
    const started = await socket.request({ cmd: 'conv', op: 'start', peerId: 'Tom', convMessage: { m: ['Jerry'] } });
    if (started.cmd !== 'conv' || started.op !== 'started') throw new Error('it was not created');
    const { cid } = started.convMessage;
    await socket.request({ cmd: 'direct', peerId: 'Tom', directMessage: { cid, msg: 'Hello' } });
    await socket.settle();
    const notices = ['conv joined', 'conv joined', 'conv members_joined', 'conv members_joined'];
    expect(arrived).toEqual(['conv started', ...notices, 'ack ', 'direct ', 'echo ']);
  });
});

/** A store that says when `append` is called, and stores when the test says so; after `open`, at once. */
const gated = () => {
  const store = memoryStore();
  let isOpen = false;
  const calls: { readonly texts: readonly unknown[]; readonly store: () => void }[] = [];
  let called: () => void = () => undefined;
  const gate: Store = {
    ...store,
    append: async (messages) => {
      await new Promise<void>((resolve) => {
        calls.push({ texts: messages.map(({ msg }) => msg), store: resolve });
        if (isOpen) resolve();
        called();
      });
      return store.append(messages);
    },
  };
  /** Resolves when `append` was called this many times. */
  const count = async (wanted: number): Promise<void> => {
    while (calls.length < wanted)
      await new Promise<void>((resolve) => {
        called = resolve;
      });
  };
  const open = (): void => {
    isOpen = true;
    for (const call of calls) call.store();
  };
  return { store: gate, calls, count, open, texts: () => calls.flatMap((call) => [call.texts]) };
};

const directOf = (cid: string, msg: string, i: number) => ({ cmd: 'direct', i, directMessage: { cid, msg } }) as const;

/** The serials of the acknowledgements that have come. */
const acksOf = ({ inbox }: RawClient): readonly (number | undefined)[] =>
  inbox.flatMap(({ cmd, i }) => (cmd === 'ack' ? [i] : []));

/** Resolves when the server has begun to carry out this many messages. */
const taken = async (server: RtmServer, wanted: number): Promise<void> => {
  while (((await statsNow(server)).counts.commands['direct'] ?? 0) < wanted) await turn();
};

describe('messages that one socket sends without waiting for each other', () => {
  it('are stored together if the store is busy, and are answered in their order', async () => {
    const { store, calls, count, texts } = gated();
    const server = await serve({ store });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const serials = [100, 101, 102, 103, 104];
    const [first = 0, ...others] = serials;
    tom.send(directOf(cid, String(first), first));
    await count(1);
    for (const i of others) tom.send(directOf(cid, String(i), i));
    await taken(server, serials.length);
    calls[0]?.store();
    await count(2);
    expect(texts()).toEqual([['100'], ['101', '102', '103', '104']]);
    calls[1]?.store();
    await tom.settle();
    expect(acksOf(tom)).toEqual(serials);
    const seen: unknown[] = [];
    while (seen.length < serials.length) seen.push((await jerry.push('direct')).directMessage.msg);
    expect(seen).toEqual(serials.map(String));
  });

  it('do not wait for those of another conversation', async () => {
    const { store, calls, count } = gated();
    const server = await serve({ store });
    const tom = await login(server, 'Tom');
    const [one, two] = [await start(tom, ['Jerry']), await start(tom, ['Spike'])];
    tom.send(directOf(one, 'first', 100));
    const second = tom.request({ cmd: 'direct', directMessage: { cid: two, msg: 'second' } });
    await count(2);
    calls[1]?.store();
    expect(await second).toMatchObject({ cmd: 'ack' });
    expect(acksOf(tom)).toEqual([]);
    calls[0]?.store();
    await tom.settle();
    expect(acksOf(tom)).toEqual([100]);
  });

  it.each<[string, (cid: string) => ClientCommand]>([
    ['a query', (cid) => ({ cmd: 'logs', i: 200, logsMessage: { cid } })],
    ['a transient message', (cid) => ({ cmd: 'direct', i: 200, directMessage: { cid, msg: 'now', transient: true } })],
    ['a removal of their sender', (cid) => ({ cmd: 'conv', op: 'remove', i: 200, convMessage: { cid, m: ['Tom'] } })],
  ])('are carried out before %s that comes after them', async (_, after) => {
    const { store, count, open: openGate } = gated();
    const server = await serve({ store });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    for (const i of [100, 101]) tom.send(directOf(cid, String(i), i));
    tom.send(after(cid));
    await count(1);
    openGate();
    await tom.settle();
    const answers = tom.inbox.flatMap((one) => (one.i === undefined ? [] : [[one.i, codeOf(one)]]));
    expect(answers).toEqual([
      [100, undefined],
      [101, undefined],
      [200, undefined],
    ]);
  });

  it('are all stored if the socket closes meanwhile, and its will is the last of them', async () => {
    const { store, open: openGate, texts } = gated();
    const server = await serve({ store });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'the will', will: true });
    for (const i of [100, 101]) tom.send(directOf(cid, String(i), i));
    await taken(server, 3);
    tom.socket.terminate();
    await tom.closed;
    openGate();
    const seen: unknown[] = [];
    while (seen.length < 3) seen.push((await jerry.push('direct')).directMessage.msg);
    expect(seen).toEqual(['100', '101', 'the will']);
    expect(texts().flat()).toEqual(seen);
  });

  it('count in the bound of the commands that wait: beyond it the socket is not read', async () => {
    const { store, open: openGate } = gated();
    const server = await serve({ store, limits: { queuedCommands: 3 } });
    const [tom, jerry] = [await login(server, 'Tom'), await login(server, 'Jerry')];
    const cid = await start(tom, ['Jerry']);
    const serials = [100, 101, 102, 103, 104, 105];
    for (const [index, i] of serials.entries()) {
      tom.send(directOf(cid, String(i), i));
      if (index < 3) await taken(server, index + 1);
      // Time enough for the server to read it, if it read on.
      else for (let n = 0; n < 10; n += 1) await jerry.settle();
    }
    expect((await statsNow(server)).counts.commands['direct']).toBe(3);
    openGate();
    await tom.settle();
    expect(acksOf(tom)).toEqual(serials);
  });
});

describe('messages that the back end sends without waiting for each other', () => {
  it('arrive in the order in which they were given, stored ones and transient ones', async () => {
    const { store } = slow();
    const server = await serve({ store });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const texts = Array.from({ length: 9 }, (_, n) => String(n));
    await Promise.all(texts.map((body, n) => server.backEnd.send(cid, { body, transient: n % 3 === 1, priority: 1 })));
    const seen: unknown[] = [];
    while (seen.length < texts.length) seen.push((await tom.push('direct')).directMessage.msg);
    expect(seen).toEqual(texts);
  });
});

describe('a message that the store refuses after a hook was asked', () => {
  it.each(['NoConversation', 'NotMember', 'Silenced', 'Blocked'] as const)('%s: its sender is told', async (_tag) => {
    const store = memoryStore();
    const server = await serve({
      store: { ...store, append: (messages) => Promise.resolve(messages.map(() => ({ _tag }))) },
      hooks: { messageReceived: () => undefined },
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const answers = [1, 2].map((n) => tom.request({ cmd: 'direct', directMessage: { cid, msg: String(n) } }));
    expect((await Promise.all(answers)).map(codeOf)).toEqual(
      Array.from({ length: 2 }, () => expect.any(Number) as number),
    );
    await expect(server.backEnd.send(cid, { body: 'Hello' })).rejects.toThrow();
  });
});
