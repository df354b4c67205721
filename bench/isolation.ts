/**
 * `npm run bench:isolation`: how much slower a client's messages get while another client floods the server as fast
 * as it can. It measures a server with the cloud's rates and one without.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { createRealtime, text, type Client, type Conversation } from 'rx-realtime';
import { encodeFrame, subprotocols, type ClientCommand } from 'rx-realtime/codecs';
import { start, type Child } from './child.js';
import { Serving } from './room-orders.js';
import { median } from './rounds.js';

const ROUNDS = 5;
/** Messages in a round. Each is sent when the one before has arrived. */
const MESSAGES = 20;
/** Pause between messages, ms. */
const PAUSE = 5;
/** Most bytes of the flood that wait in its own socket. */
const AHEAD = 262_144;

interface Scene {
  readonly server: Child;
  readonly url: string;
  readonly conversation: Conversation;
  readonly peer: Client;
}

const login = (url: string, id: string): Promise<Client> =>
  firstValueFrom(createRealtime({ appId: 'bench', server: url }).login(id));

const prepare = async (kind: 'ours' | 'limited'): Promise<Scene> => {
  const server = start('room-server.ts', kind);
  const { url } = await server.next(Serving);
  const [sender, peer] = [await login(url, 'sender'), await login(url, 'peer')];
  return { server, url, peer, conversation: await firstValueFrom(sender.createConversation({ members: ['peer'] })) };
};

/** The times from sending to arrival at the other client, ms. */
const roundTrips = async ({ conversation, peer }: Scene): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let index = 0; index < MESSAGES; index += 1) {
    const content = `${performance.now()} ${index}`;
    const arrived = firstValueFrom(
      peer.messages$.pipe(filter(({ body }) => body._tag === 'Text' && body.text === content)),
    );
    const started = performance.now();
    conversation.send(text(content)).subscribe();
    await arrived;
    times.push(performance.now() - started);
    await delay(PAUSE);
  }
  return times;
};

/** Sends messages and asks for history as fast as the server takes them, until the returned function is called. */
const flood = (url: string): (() => void) => {
  const socket = new WebSocket(url, [subprotocols.binary.name], { perMessageDeflate: false });
  const send = (command: ClientCommand): void => {
    socket.send(encodeFrame(command, subprotocols.binary));
  };
  let cid = '';
  let i = 2;
  const pour = (): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    while (socket.bufferedAmount < AHEAD) {
      i += 1;
      if (i % 2 === 0) send({ cmd: 'logs', peerId: 'flooder', i, logsMessage: { cid, l: 20 } });
      else send({ cmd: 'direct', peerId: 'flooder', i, directMessage: { cid, msg: 'flood' } });
    }
    setImmediate(pour);
  };
  socket.on('open', () => {
    send({ cmd: 'session', op: 'open', appId: 'bench', peerId: 'flooder', i: 1, sessionMessage: {} });
    send({ cmd: 'conv', op: 'start', peerId: 'flooder', i: 2, convMessage: { m: ['flooder'] } });
  });
  socket.on('message', (data: Buffer) => {
    // The conversation's id is the only 24 hexadecimal digits in the answer.
    const found = cid === '' ? /[0-9a-f]{24}/.exec(data.toString('latin1')) : null;
    if (found === null) return;
    cid = found[0];
    pour();
  });
  socket.on('error', () => undefined);
  return () => {
    socket.terminate();
  };
};

interface Times {
  readonly alone: number;
  readonly flooded: number;
}

/**
 * Runs rounds with and without the flood in turn, so that other load on the machine affects both. The flood runs in
 * its own process.
 */
const measure = async (kind: 'ours' | 'limited'): Promise<Times> => {
  const scene = await prepare(kind);
  const [alone, flooded]: [number[], number[]] = [[], []];
  await roundTrips(scene);
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(median(await roundTrips(scene)));
    const flooder = start('isolation.ts', 'flood', scene.url);
    await flooder.next(Serving);
    await delay(300);
    flooded.push(median(await roundTrips(scene)));
    flooder.stop();
    await delay(300);
  }
  scene.server.stop();
  return { alone: median(alone), flooded: median(flooded) };
};

if (process.argv[2] === 'flood') {
  const url = process.argv[3] ?? '';
  process.on('disconnect', () => process.exit());
  flood(url);
  process.send?.({ url });
} else {
  const [limited, unlimited] = [await measure('limited'), await measure('ours')];
  const rounded = (value: number): number => Number(value.toFixed(3));
  console.log(
    `Median ms from send to arrival; ${ROUNDS} rounds of ${MESSAGES} messages with and without the flood; Node ${process.version}`,
  );
  console.table({
    'rates as the cloud has them': { alone: rounded(limited.alone), flooded: rounded(limited.flooded) },
    'no rates': { alone: rounded(unlimited.alone), flooded: rounded(unlimited.flooded) },
  });
  console.log(
    JSON.stringify({
      alone: rounded(limited.alone),
      withFlood: rounded(limited.flooded),
      slowdown: rounded(limited.flooded / limited.alone - 1),
      withFloodUnlimited: rounded(unlimited.flooded),
    }),
  );
  process.exit();
}
