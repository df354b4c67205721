/** Clients that talk in one conversation, whatever happens to the server: two of ours, two of the published one. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  Event,
  Realtime as PublishedRealtime,
  TextMessage,
  type ConversationBase,
  type IMClient,
  type Message as PublishedMessage,
} from 'leancloud-realtime';
import { firstValueFrom, retry, timer, type Observable } from 'rxjs';
import { createOutbox, createRealtime, text } from 'rx-realtime';

/** A message that the server has acknowledged. */
export interface Acknowledged {
  readonly line: string;
  readonly id: string;
}

export interface Talker {
  readonly name: string;
  /** Sends lines until the result is called. Resolves when each of them is acknowledged. */
  readonly talk: () => () => Promise<void>;
  /** Lines that others have sent, as they came. */
  readonly heard: readonly string[];
  /** Lines that were refused at first, and so may be behind later ones. */
  readonly sentAgain: ReadonlySet<string>;
  /** Whether what is missed while there is no connection is fetched afterwards. */
  readonly catchesUp: boolean;
  /** Connects at once, if it waits before it does. */
  readonly retry: () => void;
  readonly close: () => Promise<void>;
}

interface Talking {
  readonly url: string;
  readonly name: string;
  readonly acknowledge: (acknowledged: Acknowledged) => void;
  /** Time between two lines, ms. */
  readonly pace: () => number;
}

/** Lines of one sender that wait, at most. */
const WAITING = 40;

export const ourTalker = async (
  { url, name, acknowledge, pace }: Talking,
  join: string | readonly string[],
): Promise<Talker & { readonly conversationId: string }> => {
  const realtime = createRealtime({ appId: 'soak', server: url, outbox: createOutbox() });
  const client = await firstValueFrom(realtime.login(name));
  const conversation =
    typeof join === 'string'
      ? await firstValueFrom(client.fetchConversation(join))
      : await firstValueFrom(client.createConversation({ members: join, name: 'soak' }));
  const [heard, sentAgain] = [[] as string[], new Set<string>()];
  conversation.messages$.subscribe(({ body, from }) => {
    if (from !== name) heard.push(body._tag === 'Text' ? body.text : body._tag);
  });

  const talk = (): (() => Promise<void>) => {
    let isOver = false;
    const waiting = new Set<Promise<void>>();
    const talking = async (): Promise<void> => {
      for (let n = 0; !isOver; n += 1) {
        const line = `${name}:${n}`;
        const delay = (): Observable<unknown> => {
          sentAgain.add(line);
          return timer(50);
        };
        const sent = firstValueFrom(conversation.send(text(line)).pipe(retry({ delay }))).then(({ id }) => {
          acknowledge({ line, id });
        });
        waiting.add(sent);
        void sent.then(() => waiting.delete(sent));
        // It goes on without a connection: the outbox keeps what it says.
        await wait(pace());
        while (waiting.size >= WAITING) await Promise.race(waiting);
      }
      await Promise.all(waiting);
    };
    const ended = talking();
    return () => {
      isOver = true;
      return ended;
    };
  };

  return {
    name,
    conversationId: conversation.id,
    heard,
    sentAgain,
    catchesUp: true,
    talk,
    retry: () => {
      realtime.retry();
    },
    close: () => {
      realtime.close();
      return Promise.resolve();
    },
  };
};

export interface PublishedClient {
  readonly client: IMClient;
  readonly realtime: PublishedRealtime;
}

export const publishedLogin = async (url: string, name: string): Promise<PublishedClient> => {
  // It allows one instance for each application in a process.
  const realtime = new PublishedRealtime({ appId: `${randomUUID()}-MdYXbMMI`, appKey: 'key', RTMServers: url });
  return { realtime, client: await realtime.createIMClient(name) };
};

/** Sends a message until it is acknowledged. It is the same message each time. */
export const sendAgain = async (conversation: ConversationBase, message: TextMessage): Promise<PublishedMessage> => {
  for (;;) {
    try {
      return await conversation.send(message, { receipt: true });
    } catch {
      await wait(20);
    }
  }
};

export const publishedTalker = async (
  { url, name, acknowledge, pace }: Talking,
  conversationId: string,
): Promise<Talker> => {
  const { realtime, client } = await publishedLogin(url, name);
  const conversation = await client.getConversation(conversationId);
  const heard: string[] = [];
  client.on(Event.MESSAGE, (message: PublishedMessage) => {
    heard.push((message as PublishedMessage & { getText(): string }).getText());
  });
  const talk = (): (() => Promise<void>) => {
    let isOver = false;
    const talking = async (): Promise<void> => {
      for (let n = 0; !isOver; n += 1) {
        const line = `${name}:${n}`;
        const { id } = await sendAgain(conversation, new TextMessage(line));
        acknowledge({ line, id });
        await wait(pace());
      }
    };
    const ended = talking();
    return () => {
      isOver = true;
      return ended;
    };
  };
  return {
    name,
    heard,
    // It waits for each line before it sends the next one.
    sentAgain: new Set(),
    catchesUp: false,
    talk,
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
  };
};
