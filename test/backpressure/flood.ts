/** A server, and a slow lossless consumer in a separate process. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { firstValueFrom } from 'rxjs';
import { text } from '../../src/index.js';
import { createServer } from '../../server/index.js';

const Done = t.type({
  _tag: t.literal('Done'),
  received: t.number,
  idle: t.number,
  peak: t.number,
  paused: t.number,
  most: t.number,
});
const Report = t.union([
  t.type({ _tag: t.union([t.literal('Online'), t.literal('Ready')]) }),
  t.type({ _tag: t.literal('Failed'), reason: t.string }),
  Done,
]);

export interface Flooded {
  /** The number of messages that were received in order. */
  readonly received: number;
  /** The memory in use in the consumer's process, MB: before the flood, and at its peak. */
  readonly idle: number;
  readonly peak: number;
  /** How often the socket was paused, and the maximum number of items that waited then. */
  readonly paused: number;
  readonly most: number;
  /** The maximum amount of data that waited in the server, MB. */
  readonly buffered: number;
}

const MB = 1_024 * 1_024;
/** How many messages are sent to the server at the same time. */
const TOGETHER = 500;

/**
 * Sends `count` messages of about `bytes` bytes, as fast as the server can. The consumer takes nothing until
 * `waiting` MB wait in the server, or all messages are sent.
 */
export const flood = async (count: number, bytes: number, waiting: number): Promise<Flooded> => {
  const server = await createServer({ port: 0, limits: { bufferedBytes: Infinity } });
  const { id } = await server.backEnd.create({ members: ['reader'] });
  const child = fork(fileURLToPath(new URL('reader.ts', import.meta.url)), [server.url, String(count)], {
    execArgv: ['--expose-gc', '--import', import.meta.resolve('tsx/esm')],
  });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`the consumer has ended with ${String(code)}`)),
  );
  ended.catch(() => undefined);
  const next = async <A>(kind: t.Type<A, unknown>): Promise<A> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as readonly unknown[];
    const report = kind.decode(message);
    if (E.isLeft(report)) throw new Error(`the consumer said ${JSON.stringify(message)}`);
    return report.right;
  };
  const filling = ' '.padEnd(bytes, 'x');
  const send = (number: number): Promise<unknown> =>
    server.backEnd.send(id, { from: 'flood', body: text(`${String(number)}${filling}`) });
  try {
    await next(Report);
    const ready = next(Report);
    await send(0);
    await ready;
    const done = next(Done);
    let buffered = 0;
    let isTold = false;
    const goOn = (): void => {
      if (!isTold) child.send('Go');
      isTold = true;
    };
    for (let sent = 1; sent < count;) {
      const some = Array.from({ length: Math.min(TOGETHER, count - sent) }, (_, index) => send(sent + index));
      sent += some.length;
      await Promise.all(some);
      // Sending within this process uses only microtasks, so the sockets need a turn of the event loop.
      await setImmediate();
      const { slow } = await firstValueFrom(server.stats$);
      buffered = Math.max(buffered, (slow[0]?.bufferedBytes ?? 0) / MB);
      if (buffered > waiting) goOn();
    }
    goOn();
    return { ...(await done), buffered };
  } finally {
    child.disconnect();
    await server.close();
  }
};
