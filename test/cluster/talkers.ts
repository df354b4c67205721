/** Clients that talk in a conversation of a cluster, whatever happens to its nodes: ours, and the published one. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  Event,
  Realtime as PublishedRealtime,
  TextMessage,
  type IMClient,
  type Message as PublishedMessage,
} from 'leancloud-realtime';
import { firstValueFrom, lastValueFrom, retry, takeWhile, tap, timer } from 'rxjs';
import {
  createOutbox,
  createRealtime,
  log,
  online,
  sendStatus,
  text,
  type Client,
  type LogEntry,
  type Realtime,
} from '../../src/index.node.js';
import type { Send } from '../model/rules.js';
import { lineOf, type Acknowledged, type Follower, type Listener, type Span } from './ledger.js';

/** How a talker comes to the cluster. */
export interface TalkerOptions {
  readonly name: string;
  /** Addresses of nodes, the preferred one first. */
  readonly urls: readonly string[];
  readonly acknowledge: (acknowledged: Acknowledged) => void;
  /** The time between two lines, ms. */
  readonly pace: () => number;
}

export interface Talker {
  readonly name: string;
  /** Makes a conversation with these members; a talker of the published client can't. */
  readonly create?: (members: readonly string[]) => Promise<string>;
  /** Listens in a conversation. */
  readonly join: (conversationId: string) => Promise<void>;
  /** Says lines there until `stop`. */
  readonly talk: () => void;
  /** Says no more. Resolves when each of its lines has an outcome. */
  readonly stop: () => Promise<void>;
  /** Says one last line. Resolves when it is acknowledged. */
  readonly say: (line: string) => Promise<void>;
  readonly hasHeard: (line: string) => boolean;
  readonly isConnected: () => boolean;
  /** Connects at once, if it waits before it does. */
  readonly retry: () => void;
  /** Logs out. */
  readonly close: () => Promise<void>;
  /** Goes without a word, as a device does whose battery is empty. */
  readonly vanish: () => void;
  readonly record: { readonly follower: Follower } | { readonly listener: Listener };
}

/** Lines of one sender that wait, at most. */
const WAITING = 40;

/** How clients of these tests notice a dead connection, and come back: faster than in an application. */
export const impatient = {
  backoff: (attempt: number, random: () => number): number => Math.min(100 * 2 ** attempt, 1_000) * (0.5 + random()),
  connectTimeout: 2_000,
  minUptime: 0,
  heartbeat: { interval: 1_500, patience: 1_500 },
  grace: 0,
} as const;

const wordsOf = (entry: LogEntry): string | undefined =>
  entry._tag === 'Message' && entry.message.body._tag === 'Text' ? entry.message.body.text : undefined;

/** Our client. It logs in again if its session is closed, and goes on with its log where it was. */
export const ourTalker = async (
  { name, urls, acknowledge, pace }: TalkerOptions,
  hasOutbox: boolean,
): Promise<Talker> => {
  const realtime: Realtime = createRealtime({
    ...{ appId: 'cluster', server: urls, outbox: hasOutbox && createOutbox() },
    ...impatient,
  });
  const entries: LogEntry[] = [];
  const heard = new Set<string>();
  const sends: Send[] = [];
  const waiting = new Set<Promise<void>>();
  let isOver = false;
  let isConnected = false;
  let talking = Promise.resolve();
  const client: Client = await firstValueFrom(realtime.login(name).pipe(retry({ delay: () => timer(100) })));
  client.status$.subscribe(({ _tag }) => {
    isConnected = _tag === 'Open';
  });

  const track = (conversationId: string, words: string): Promise<void> => {
    const send: Send = { words, where: 'group', status: { _tag: 'none' } };
    sends.push(send);
    const sentAt = performance.now();
    const outcome = lastValueFrom(
      client
        .conversation(conversationId)
        .trackSend(text(words))
        .pipe(
          sendStatus(),
          // Later changes are no part of the outcome of the send.
          takeWhile(({ _tag }) => _tag !== 'sent', true),
          tap((status) => {
            send.status = status;
            if (status._tag === 'sent')
              acknowledge({ line: words, id: status.message.id, sentAt, acknowledgedAt: performance.now() });
          }),
        ),
    ).then(() => undefined);
    waiting.add(outcome);
    void outcome.finally(() => waiting.delete(outcome));
    return outcome;
  };
  let conversationId = '';
  return {
    name,
    create: async (members) => (await firstValueFrom(client.createConversation({ members, name: 'cluster' }))).id,
    join: (id) => {
      conversationId = id;
      log(client.conversation(id), { since: { timestamp: 0, id: '' } }).subscribe((entry) => {
        entries.push(entry);
        const words = wordsOf(entry);
        if (words !== undefined) heard.add(words);
      });
      return Promise.resolve();
    },
    talk: () => {
      const talk = async (): Promise<void> => {
        for (let n = 0; !isOver; n += 1) {
          // With an outbox it goes on without a connection.
          if (hasOutbox || isConnected) void track(conversationId, lineOf(name, n));
          await wait(pace());
          while (waiting.size >= WAITING) await Promise.race(waiting);
        }
        await Promise.all(waiting);
      };
      talking = talk();
    },
    stop: () => {
      isOver = true;
      return talking;
    },
    say: async (line) => {
      await firstValueFrom(
        client
          .conversation(conversationId)
          .send(text(line))
          .pipe(retry({ delay: () => timer(100) })),
      );
    },
    hasHeard: (line) => heard.has(line),
    isConnected: () => isConnected,
    retry: () => {
      realtime.retry();
    },
    close: async () => {
      await firstValueFrom(client.close());
      realtime.close();
    },
    vanish: () => {
      realtime.pause();
    },
    record: { follower: { name, entries, sends, hasOutbox } },
  };
};

/** The parts of the published client that are missing in its types. */
interface Pausable extends PublishedRealtime {
  pause(): void;
}

const publishedLogin = async (urls: readonly string[], name: string): Promise<[PublishedRealtime, IMClient]> => {
  for (;;) {
    // It allows one instance for each application in a process. It takes the addresses in random order.
    const realtime = new PublishedRealtime({
      appId: `${randomUUID()}-MdYXbMMI`,
      appKey: 'key',
      RTMServers: [...urls],
    });
    try {
      return [realtime, await realtime.createIMClient(name)];
    } catch {
      await wait(200);
    }
  }
};

/** The published client. It fetches nothing that it has missed. */
export const publishedTalker = async ({ name, urls, acknowledge, pace }: TalkerOptions): Promise<Talker> => {
  const [realtime, client] = await publishedLogin(urls, name);
  const heard: string[] = [];
  const seen = new Set<string>();
  const connected: { from: number; to: number }[] = [{ from: performance.now(), to: Infinity }];
  client.on(Event.MESSAGE, (message: PublishedMessage) => {
    const words = (message as PublishedMessage & { getText(): string }).getText();
    heard.push(words);
    seen.add(words);
  });
  const lastSpan = (): Span | undefined => connected.at(-1);
  client.on(Event.RECONNECT, () => {
    connected.push({ from: performance.now(), to: Infinity });
  });
  client.on(Event.DISCONNECT, () => {
    const last = connected.at(-1);
    if (last !== undefined) last.to = Math.min(last.to, performance.now());
  });
  let isOver = false;
  let talking = Promise.resolve();
  let conversation: Awaited<ReturnType<IMClient['getConversation']>> | undefined;
  /** It is the same message each time, so that it is stored once. */
  const sendAgain = async (message: TextMessage): Promise<string> => {
    for (;;) {
      try {
        if (conversation === undefined) throw new Error('it is in no conversation');
        return (await conversation.send(message)).id;
      } catch {
        await wait(50);
      }
    }
  };
  return {
    name,
    join: async (id) => {
      for (;;) {
        conversation = await client.getConversation(id).catch(() => undefined);
        if (conversation !== undefined) break;
        await wait(100);
      }
    },
    talk: () => {
      const talk = async (): Promise<void> => {
        for (let n = 0; !isOver; n += 1) {
          const line = lineOf(name, n);
          const sentAt = performance.now();
          const stored = await sendAgain(new TextMessage(line));
          acknowledge({ line, id: stored, sentAt, acknowledgedAt: performance.now() });
          await wait(pace());
        }
      };
      talking = talk();
    },
    stop: () => {
      isOver = true;
      return talking;
    },
    say: async (line) => {
      await sendAgain(new TextMessage(line));
    },
    hasHeard: (line) => seen.has(line),
    isConnected: () => lastSpan()?.to === Infinity,
    retry: () => {
      try {
        realtime.retry();
      } catch {
        // It is connected, or connects already.
      }
    },
    close: async () => {
      await client.close().catch(() => undefined);
    },
    vanish: () => {
      (realtime as Pausable).pause();
    },
    record: { listener: { name, heard, connected } },
  };
};

/** Asks a node which of these clients are online. */
export const onlineAt = async (url: string, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  const realtime = createRealtime({ appId: 'cluster', server: url, ...impatient });
  try {
    // A node that has just woken up, or lost its database, is not ready yet.
    const login$ = realtime.login(`probe ${randomUUID()}`).pipe(retry({ delay: () => timer(100), count: 200 }));
    const client = await firstValueFrom(login$);
    const found = new Set<string>();
    for (let at = 0; at < ids.length; at += 20)
      for (const id of await firstValueFrom(online(client, ids.slice(at, at + 20)))) found.add(id);
    await firstValueFrom(client.close());
    return found;
  } finally {
    realtime.close();
  }
};
