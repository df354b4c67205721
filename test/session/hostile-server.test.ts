/** A server that sends anything: whatever it is, no stream of the client errors, and nothing is thrown. */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { config, firstValueFrom, merge, type Observable } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodeClientFrame, encodeFrame, subprotocols, type ServerCommand } from '../../codecs/index.js';
import { serverCommands } from '../../codecs/server-commands/index.js';
import { createRealtime, log, memberReceipts, roles, timeline, type Client, type Fault } from '../../src/index.js';
import { fakeWebSocket, type ServerEnd } from '../../testing/fake-web-socket.js';
import { arbitraryOf } from '../codecs/arbitrary-of.js';

const unhandled: unknown[] = [];
beforeEach(() => {
  config.onUnhandledError = (error) => unhandled.push(error);
});
afterEach(() => {
  config.onUnhandledError = null;
  unhandled.length = 0;
});

const withIds = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withIds);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'cid' ? 'c' : key === 'peerId' ? 'Tom' : withIds(inner)]),
  );
};

/** Any command, mostly about a conversation that the client knows. */
const anyCommand: fc.Arbitrary<ServerCommand> = fc
  .tuple(fc.oneof(...serverCommands.map((codec) => arbitraryOf(codec) as fc.Arbitrary<ServerCommand>)), fc.nat(3))
  .map(([command, which]) => (which === 0 ? command : (withIds(command) as ServerCommand)))
  // These end the session or the connection, which is no failure.
  .filter((command) => command.cmd !== 'goaway' && !(command.cmd === 'session' && command.op === 'closed'));

interface Hostile {
  readonly client: Client;
  readonly faults: Fault[];
  readonly errors: unknown[];
  readonly push: (command: object) => void;
  readonly close: () => void;
}

/** A client, and a server that answers questions with anything. */
const login = async (answers: readonly ServerCommand[], limits = {}): Promise<Hostile> => {
  let end: ServerEnd | undefined;
  let asked = 0;
  const push = (command: object): void => {
    end?.push(encodeFrame(command as ServerCommand, subprotocols.binary));
  };
  const webSocket = fakeWebSocket((opened) => {
    end = opened;
    queueMicrotask(() => {
      opened.open();
    });
    return {
      heard: (frame) => {
        const heard = decodeClientFrame(frame);
        if (heard._tag === 'Left' || heard.right.cmd === 'unsupported' || heard.right.i === undefined) return;
        const { i, cmd } = heard.right;
        queueMicrotask(() => {
          if (cmd === 'session')
            push({
              cmd: 'session',
              op: 'opened',
              i,
              peerId: 'Tom',
              serverTs: 5,
              sessionMessage: { st: 't', stTtl: 9 },
            });
          else push({ ...answers[(asked += 1) % answers.length], i, peerId: 'Tom' });
        });
      },
      ended: () => undefined,
    };
  });
  const realtime = createRealtime({ appId: 'app', server: 'ws://hostile', webSocket, limits });
  const faults: Fault[] = [];
  const errors: unknown[] = [];
  realtime.faults$.subscribe((fault) => faults.push(fault));
  const client = await firstValueFrom(realtime.login('Tom'));
  const here = client.conversation('c');
  const streams: readonly Observable<unknown>[] = [
    client.events$,
    client.messages$,
    client.unread$,
    client.totalUnread$,
    client.modifications$,
    client.outbox$,
    here.state$,
    here.members$,
    here.events$,
    here.receipts$,
    here.unread$,
    log(here, { since: { timestamp: 0, id: '' } }),
    timeline(here),
    roles(here),
    memberReceipts(here),
  ];
  merge(...streams).subscribe({ error: (error: unknown) => errors.push(error) });
  push({ cmd: 'conv', op: 'joined', peerId: 'Tom', convMessage: { cid: 'c' } });
  return { client, faults, errors, push, close: realtime.close };
};

const calm = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
};

it('any commands, and any answers, error no stream and throw nothing', async () => {
  const seed = Number(process.env['SEED'] ?? 7);
  const commands = fc.sample(anyCommand, { seed, numRuns: 1_500 });
  const { push, errors, faults, client, close } = await login(commands);
  for (const [index, command] of commands.entries()) {
    push(command);
    if (index % 100 === 0) await calm();
  }
  await calm();
  expect(errors).toEqual([]);
  expect(unhandled).toEqual([]);
  expect(faults.filter(({ _tag }) => _tag === 'Internal')).toEqual([]);
  // It still works.
  const next = firstValueFrom(client.events$);
  push({ cmd: 'conv', op: 'left', peerId: 'Tom', convMessage: { cid: 'c' } });
  await expect(next).resolves.toBeDefined();
  close();
});

const deep = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const updated = (data: string): object => ({
  cmd: 'conv',
  op: 'updated',
  peerId: 'Tom',
  convMessage: { cid: 'c', attr: { data }, attrModified: { data } },
});

it.each([
  ['a key with many dots', [updated(`{"${'a.'.repeat(20_000)}b":1}`)]],
  ['a deep attribute', [updated(`{"a":${deep(30_000)}}`)]],
  [
    'many attributes, each a little deeper',
    Array.from({ length: 300 }, (_, at) => updated(`{"${'a.'.repeat(at)}b":1}`)),
  ],
  [
    'a deep body',
    [
      {
        cmd: 'direct',
        peerId: 'Tom',
        directMessage: {
          cid: 'c',
          id: 'm',
          fromPeerId: 'x',
          timestamp: 1,
          msg: `{"_lctype":-1,"_lctext":"a","_lcattrs":${deep(30_000)}}`,
        },
      },
    ],
  ],
])('%s throws nothing', async (_, commands) => {
  const results = {
    cmd: 'conv',
    op: 'results',
    convMessage: { results: { data: `[{"objectId":"c","m":["Tom"],"x":${deep(30_000)}}]` } },
  } as const;
  const { push, errors, faults, close } = await login([results]);
  await calm();
  commands.forEach(push);
  await calm();
  expect([errors, unhandled]).toEqual([[], []]);
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.filter(({ _tag }) => _tag === 'Internal')).toEqual([]);
  close();
});

it('what waits for a look-up is bounded: the rest is a gap and a fault', async () => {
  const { push, faults, client, close } = await login([{ cmd: 'echo' }], { waiting: 100, conversations: 50 });
  const events: { readonly _tag: string }[] = [];
  client.events$.subscribe((event) => events.push(event));
  await calm();
  for (let at = 1; at <= 1_000; at += 1)
    push({
      cmd: 'direct',
      peerId: 'Tom',
      directMessage: { cid: `d${String(at % 200)}`, id: `m${String(at)}`, fromPeerId: 'x', timestamp: at, msg: 'a' },
    });
  await calm();
  const overflows = faults.flatMap((fault) => (fault._tag === 'Overflow' ? [fault.what] : []));
  expect(new Set(overflows)).toEqual(new Set(['waiting', 'conversations']));
  expect(events.some((event) => event._tag === 'Gap')).toBe(true);
  expect(unhandled).toEqual([]);
  close();
});
