/** Puts the fake server together: network, memory, and the methods that draw. */
import { isLeft } from '../../codecs/either.js';
import { Subject, Subscription, from, type Observable } from 'rxjs';
import {
  bodyCodec,
  builtInTypes,
  type ConversationInfo,
  type CustomType,
  type ServerCommand,
} from '../../codecs/index.js';
import { createMemory } from '../../server/domain/memory/memory.js';
import { bodyOf, typeOf } from '../../server/domain/messages/body.js';
import type { StoredMessage } from '../../server/domain/records.js';
import type { Message, OutgoingBody, WebSocketConstructor } from '../../src/index.js';
import { conversation } from '../fixtures.js';
import { virtualClock } from '../virtual-clock.js';
import { breakOff } from './answers/sessions.js';
import type { FakeServer } from './fake-server.js';
import { createHearing } from './hearing.js';
import { createNetwork, type NetworkChange } from './network.js';
import { createSessions, tell } from './sessions.js';
import { exactTime, say, type Saying, type World } from './world.js';

export interface FakeServerOptions {
  /** Turns marbles into a stream of letters, as RxJS's `hot` does. */
  readonly hot: (marbles: string) => Observable<string>;
  /** How long a socket takes to open, and a command takes to reach a client, ms. */
  readonly latency: number;
  readonly messages: readonly CustomType[];
  /** Whether messages of one millisecond have the same time. */
  readonly equalTimes: boolean;
  /**
   * Ends the diagram with an error, in its own turn. If the error was thrown at once, the client that caused it would
   * catch it.
   */
  readonly fail: (error: unknown) => void;
}

const CHANGES: Readonly<Record<string, NetworkChange>> = { u: 'up', d: 'down', s: 'silent' };

/** `message-1`, `message-2` and so on. */
const countingIds = (): World['newId'] => {
  const counts = new Map<string, number>();
  return (what) => {
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    return `${what}-${count}`;
  };
};

const createWorld = (said: World['said'], equalTimes: boolean): World => {
  const now = (): number => virtualClock.now();
  const newId = countingIds();
  const memory = createMemory({
    now,
    newConversationId: () => newId('conversation'),
    newMessageId: () => newId('message'),
    // A diagram may last for years.
    historyDays: Infinity,
    conversationDays: Infinity,
  });
  return { now, newId, memory, sessions: createSessions(), isOpen: () => false, equalTimes, said };
};

/** The server, the socket class for its clients, and a function that ends both. */
export const createFakeServer = ({
  hot,
  latency,
  messages: types,
  equalTimes,
  fail,
}: FakeServerOptions): readonly [FakeServer, WebSocketConstructor, Subscription] => {
  const bodies = bodyCodec([...builtInTypes, ...types]);
  const said = new Subject<Message>();
  const running = new Subscription();

  const toMessage = (
    { id, conversationId, from: sender, timestamp, mentions, mentionsAll, editedAt, ...content }: StoredMessage,
    transient = false,
  ): Message => ({
    id,
    conversationId,
    from: sender,
    timestamp,
    mentions,
    mentionsAll,
    ...(editedAt === undefined ? {} : { editedAt }),
    body: bodies.decode(bodyOf(content)),
    transient,
    mentioned: false,
  });

  const world = createWorld((message, transient) => {
    said.next(toMessage(message, transient));
  }, equalTimes);
  const { memory, sessions } = world;

  const existing = (id: string): ConversationInfo => {
    const [info] = memory.conversations([id]);
    if (info === undefined)
      throw new Error(`the fake server has no conversation ${id}: make it with server.conversation({ id: '${id}' })`);
    return info;
  };

  const storedIn = (conversationId: string): readonly StoredMessage[] =>
    memory.history({ conversationId: existing(conversationId).id, direction: 'new', limit: Infinity });

  const contentOf = (body: OutgoingBody): Saying['content'] => {
    const encoded = bodies.encode(body);
    if (isLeft(encoded)) throw encoded.left;
    return encoded.right;
  };

  /** Turns marbles into a stream; a letter without a value is an error. */
  const draw = <T>(
    what: string,
    marbles: string,
    values: Readonly<Record<string, T>>,
    happen: (value: T) => void,
  ): void => {
    running.add(
      hot(marbles).subscribe((letter) => {
        const value = Object.hasOwn(values, letter) ? values[letter] : undefined;
        if (value === undefined) throw new Error(`${what} draws '${letter}', which has no value`);
        happen(value);
      }),
    );
  };

  const { answer, hear, received$ } = createHearing({ world, running, fail });
  const network = createNetwork({
    latency,
    hear,
    gone: (link) => {
      breakOff(world, link);
    },
  });

  const push = (command: ServerCommand): void => {
    if (command.cmd === 'goaway' || command.cmd === 'error') {
      for (const link of network.links()) link.push(command);
      return;
    }
    const concerned = sessions
      .all()
      .filter(({ clientId }) => command.peerId === undefined || clientId === command.peerId);
    tell(concerned, command);
    if (command.cmd === 'session' && command.op === 'closed') concerned.forEach(sessions.end);
  };

  const server: FakeServer = {
    conversation: (change) => {
      const info = conversation(change);
      if (memory.conversations([info.id]).length > 0)
        throw new Error(`the fake server has a conversation ${info.id} already`);
      memory.put(info);
      return info;
    },
    history: (conversationId, past) => {
      if (storedIn(conversationId).length > 0)
        throw new Error(
          `conversation ${conversationId} has messages already: its history comes before them, and at once`,
        );
      past.forEach(({ id, from: sender, body, mentions = [], mentionsAll = false, timestamp }, index) => {
        const content = contentOf(body);
        const message = {
          conversationId,
          from: sender,
          mentions,
          mentionsAll,
          receipt: false,
          ...typeOf(content.msg),
          ...content,
        };
        const at = timestamp === undefined ? undefined : exactTime(world, conversationId, timestamp);
        memory.append({ ...message, now: index - past.length }, id, at);
      });
    },
    messages: (conversationId, marbles, values) => {
      const sayings = Object.entries(values).map(
        ([letter, { body, ...one }]) => [letter, { ...one, content: contentOf(body) }] as const,
      );
      draw(`messages('${conversationId}', …)`, marbles, Object.fromEntries(sayings), (saying) => {
        say(world, existing(conversationId), saying);
      });
    },
    network: (marbles, values = {}) => {
      draw('network(…)', marbles, { ...CHANGES, ...values }, network.change);
    },
    answer,
    push: (commands$) => {
      running.add(from(commands$).subscribe(push));
    },
    received$,
    said$: said.asObservable(),
    stored: (conversationId) => storedIn(conversationId).map((message) => toMessage(message)),
  };

  running.add(() => {
    said.complete();
  });
  return [server, network.webSocket, running];
};
