/**
 * A process for one contender of `bench:outbound`: `sender.ts <contender> <server>`. It sends when it gets the order,
 * and reports when all messages are acknowledged.
 */
import { either as E } from 'fp-ts';
import { median } from './rounds.js';
import { Send } from './send-orders.js';
import { textChecksum } from './text-checksum.js';

/** Sends a text. Calls back when the server has acknowledged it. */
type SendText = (text: string, acknowledged: () => void) => void;
/** Logs in to a server. Resolves when it is ready to send. */
export type SendingContender = (server: string) => Promise<SendText>;

/** Each process loads only its own contender. */
const contenders: Readonly<Record<string, () => Promise<SendingContender>>> = {
  bare: async () => (await import('./contenders/send-bare.js')).sendBare,
  ours: async () => (await import('./contenders/send-ours.js')).sendOurs,
  outbox: async () => (await import('./contenders/send-ours.js')).sendThroughOutbox,
  leancloud: async () => (await import('./contenders/send-leancloud.js')).sendLeancloud,
};

const FILLING = 'The quick brown fox jumps over the lazy dog, and the dog, being lazy, lets it. ';
const textOf = (number: number): string => `${String(number)} ${FILLING}${FILLING}`.slice(0, 150);

const [name = '', server = ''] = process.argv.slice(2);
const contender = await contenders[name]?.();
if (contender === undefined) throw new Error(`there is no contender ${name}`);
const send = await contender(server);

process.on('message', (order) => {
  const decoded = Send.decode(order);
  if (E.isLeft(decoded)) throw new Error(`no order: ${JSON.stringify(order)}`);
  const { first, count, flight } = decoded.right;
  const texts = Array.from({ length: count }, (_, index) => textOf(first + index));
  const checksum = texts.reduce((sum, text) => (sum + textChecksum(text)) | 0, 0);
  const trips: number[] = [];
  let next = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  const sendNext = (): void => {
    const text = texts[next];
    if (text === undefined) return;
    next += 1;
    const at = performance.now();
    send(text, () => {
      trips.push(performance.now() - at);
      if (trips.length < count) {
        sendNext();
        return;
      }
      const elapsed = performance.now() - started;
      const { user, system } = process.cpuUsage(before);
      process.send?.({ elapsed, cpu: user + system, p50: median(trips), checksum });
    });
  };
  for (let index = 0; index < flight; index += 1) sendNext();
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
