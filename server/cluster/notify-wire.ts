/** A wire by LISTEN and NOTIFY of PostgreSQL, for clusters without a broker. It is slower. */
import { createHash, randomBytes } from 'node:crypto';
import type { Inside } from '../store/postgres/inside.js';
import type { PostgresClient, PostgresPool } from '../store/postgres/driver.js';
import { guardedReceive, type OpenWire } from './wire.js';

/** A notification has less than 8,000 bytes. */
const MOST_BYTES = 7_800;
/** A text in parts, at most. */
const MOST_TEXT = 8 * 1_024 * 1_024;
/** Parts that are sent by one statement. */
const AT_ONCE = 256;
/** What may wait to be sent. */
const MOST_WAITING = 10_000;
const AGAIN = 250;
/** How long a look at the connection may take, ms. */
const PATIENCE = 2_000;

/** A name of a channel has at most 63 bytes, and none of them may be strange. */
const channelOf = (subject: string): string => `rx_${createHash('sha1').update(subject).digest('hex')}`;

/** A text of JSON in which each character is one byte. */
const ascii = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A part: `sender/number/rest:text`. `rest`: how many parts follow. */
const PART = /^([\w-]+)\/(\d+)\/(\d+):/;

export const partsOf = (text: string, sender: string, number: number): readonly string[] => {
  const plain = ascii(text);
  const count = Math.max(1, Math.ceil(plain.length / MOST_BYTES));
  return Array.from(
    { length: count },
    (_, place) =>
      `${sender}/${number}/${count - 1 - place}:${plain.slice(place * MOST_BYTES, (place + 1) * MOST_BYTES)}`,
  );
};

/** Puts parts together. Those of one sender come in their order. */
export const createJoining = (): ((part: string) => string | undefined) => {
  const open = new Map<string, { readonly number: string; readonly text: string }>();
  return (part) => {
    const [head, sender, number, rest] = PART.exec(part) ?? [];
    if (head === undefined || sender === undefined || number === undefined) return undefined;
    const before = open.get(sender);
    const text = (before?.number === number ? before.text : '') + part.slice(head.length);
    open.delete(sender);
    if (rest === '0') return text;
    if (text.length <= MOST_TEXT) open.set(sender, { number, text });
    return undefined;
  };
};

export const notifyWire =
  ({ newPool, pool: ownPool, connections, place }: Inside): OpenWire =>
  async ({ onBreak, report }) => {
    const pool: PostgresPool = newPool?.({ max: 1, connectionTimeoutMillis: PATIENCE }) ?? ownPool;
    if (newPool !== undefined) pool.on('error', () => undefined);
    const sender = randomBytes(9).toString('base64url');
    const pingChannel = channelOf(`ping ${sender}`);
    const subjects = new Map<string, (part: string) => void>();
    const waiting: { readonly channel: string; readonly part: string }[] = [];
    const pings = new Map<string, () => void>();
    let listening: PostgresClient | undefined;
    let isClosed = false;
    let number = 0;
    let sending: Promise<void> | undefined;

    const send = async (): Promise<void> => {
      while (waiting.length > 0) {
        const some = waiting.splice(0, AT_ONCE);
        try {
          await connections.use(({ rows }) =>
            rows(
              'select pg_notify(channel, part) from unnest(cast($1 as text[]), cast($2 as text[])) as n (channel, part)',
              [some.map(({ channel }) => channel), some.map(({ part }) => part)],
            ),
          );
        } catch (error) {
          onBreak();
          if (!isClosed) report(error);
        }
      }
      sending = undefined;
    };

    const publishTo = (channel: string, text: string): void => {
      number += 1;
      if (waiting.length >= MOST_WAITING) {
        onBreak();
        return;
      }
      for (const part of partsOf(text, sender, number)) waiting.push({ channel, part });
      sending ??= Promise.resolve().then(send);
    };

    const listenTo = async (client: PostgresClient, channel: string): Promise<void> => {
      await client.query({ text: `listen ${channel}` });
    };

    const connect = async (): Promise<void> => {
      const client = await pool.connect();
      let isOver = false;
      const hasEnded = (): boolean => isOver;
      const over = (): void => {
        if (isOver) return;
        isOver = true;
        const wasListening = listening === client;
        if (wasListening) listening = undefined;
        client.release(true);
        if (isClosed) return;
        onBreak();
        // Otherwise who connects tries it again.
        if (wasListening) void again();
      };
      client.on('error', over);
      client.on('notification', ({ channel, payload = '' }) => {
        subjects.get(channel)?.(payload);
      });
      try {
        for (const channel of subjects.keys()) await listenTo(client, channel);
        if (hasEnded()) throw new Error('the connection has ended');
        listening = client;
      } catch (error) {
        if (!hasEnded()) client.release(true);
        isOver = true;
        throw error;
      }
    };

    const again = async (): Promise<void> => {
      while (!isClosed)
        try {
          await new Promise((resolve) => setTimeout(resolve, AGAIN).unref());
          await connect();
          return;
        } catch {
          // It is tried again. The store tells that its database can not be reached.
        }
    };

    const hear = (channel: string, receive: (text: string) => void): ((part: string) => void) => {
      const join = createJoining();
      const heard = guardedReceive((part) => {
        // A connection hears itself. That is wanted of pings only.
        if (channel !== pingChannel && part.startsWith(`${sender}/`)) return;
        const text = join(part);
        if (text !== undefined) receive(text);
      }, report);
      subjects.set(channel, heard);
      return heard;
    };

    hear(pingChannel, (text) => {
      pings.get(text)?.();
    });
    await connect();

    return {
      name: `LISTEN and NOTIFY of PostgreSQL at ${place}`,
      publish: (subject, text) => {
        publishTo(channelOf(subject), text);
      },
      subscribe: async (subject, receive) => {
        const channel = channelOf(subject);
        const heard = hear(channel, receive);
        try {
          if (listening !== undefined) await listenTo(listening, channel);
        } catch {
          // The next connection listens to it.
          onBreak();
        }
        return () => {
          // Somebody may listen to it again.
          if (subjects.get(channel) !== heard) return;
          subjects.delete(channel);
          void listening?.query({ text: `unlisten ${channel}` }).catch(() => undefined);
        };
      },
      confirm: () =>
        new Promise((resolve, reject) => {
          const ping = `"${number}"`;
          const end = (): void => {
            pings.delete(ping);
            clearTimeout(late);
          };
          const late = setTimeout(() => {
            end();
            reject(new Error('a notification has not come back'));
          }, PATIENCE).unref();
          pings.set(ping, () => {
            end();
            resolve();
          });
          publishTo(pingChannel, ping);
        }),
      close: async () => {
        isClosed = true;
        await sending;
        listening?.release(true);
        listening = undefined;
        if (newPool !== undefined) await pool.end();
      },
    };
  };
