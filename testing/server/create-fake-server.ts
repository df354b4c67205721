/** Puts the fake server together: its network, its memory, and what is drawn. */
import { Subject, Subscription, from, type ObservableInput } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { isLeft } from '../../codecs/either.js';
import {
  bodyCodec,
  builtInTypes,
  type ClientCommand,
  type CustomType,
  type OutgoingBody,
  type ServerCommand,
  type UnsupportedCommand,
} from '../../codecs/index.js';
import type { Message, WebSocketConstructor } from '../../src/index.js';
import { conversation } from '../fixtures.js';
import { virtualClock } from '../virtual-clock.js';
import { answerTo } from './answers/answer.js';
import type { AnswerHandler, FakeServer } from './fake-server.js';
import { createMemory, type Held, type StoredMessage } from './memory.js';
import { createNetwork, type Link, type NetworkChange } from './network.js';
import { createSessions, tell } from './sessions.js';
import { refused, say, type World } from './world.js';

export interface FakeServerOptions {
  /** Draws what happens. */
  readonly hot: RunHelpers['hot'];
  /** How long a socket takes to open, and a command to reach a client, ms. */
  readonly latency: number;
  readonly messages: readonly CustomType[];
  /** Ends the diagram, in its turn; thrown here, an error would be caught by the client whose doing it is. */
  readonly fail: (error: unknown) => void;
}

const CHANGES: Readonly<Record<string, NetworkChange>> = { u: 'up', d: 'down', s: 'silent' };
/** More than that in one millisecond is no application. */
const COMMANDS_AT_ONCE = 10_000;

const kindOf = (command: ClientCommand | UnsupportedCommand): string => {
  if (command.cmd === 'unsupported') return command.kind;
  return 'op' in command ? `${command.cmd}/${command.op}` : command.cmd;
};

/** The server, what clients connect to, and what ends both. */
export const createFakeServer = ({
  hot,
  latency,
  messages: types,
  fail,
}: FakeServerOptions): readonly [FakeServer, WebSocketConstructor, Subscription] => {
  const bodies = bodyCodec([...builtInTypes, ...types]);
  const received = new Subject<ClientCommand>();
  const said = new Subject<Message>();
  const handlers: AnswerHandler[] = [];
  const running = new Subscription();
  const burst = { at: 0, size: 0 };

  const toMessage = ({ content, receipt: _asked, token: _known, isRecalled: _seen, ...message }: StoredMessage): Message => ({
    ...message,
    body: bodies.decode(content),
    transient: false,
    mentioned: false,
  });

  const world: World = {
    now: () => virtualClock.now(),
    memory: createMemory(),
    sessions: createSessions(),
    logins: new Map(),
    said: (message, transient) => {
      said.next({ ...toMessage(message), transient });
    },
  };

  const existing = (id: string): Held => {
    const held = world.memory.find(id);
    if (held === undefined) throw new Error(`the fake server has no conversation ${id}: make it with server.conversation({ id: '${id}' })`);
    return held;
  };

  const contentOf = (body: OutgoingBody): StoredMessage['content'] => {
    const encoded = bodies.encode(body);
    if (isLeft(encoded)) throw encoded.left;
    return encoded.right;
  };

  /** Draws what happens; a letter without a value is a mistake. */
  const draw = <T>(what: string, marbles: string, values: Readonly<Record<string, T>>, happen: (value: T) => void): void => {
    running.add(
      hot(marbles).subscribe((letter) => {
        const value = Object.hasOwn(values, letter) ? values[letter] : undefined;
        if (value === undefined) throw new Error(`${what} draws '${letter}', which has no value`);
        happen(value);
      }),
    );
  };

  /** A client that asks again and again without waiting would stop the clock. */
  const count = (): void => {
    const now = virtualClock.now();
    burst.size = burst.at === now ? burst.size + 1 : 1;
    burst.at = now;
    if (burst.size === COMMANDS_AT_ONCE)
      fail(
        new Error(`clients have sent ${COMMANDS_AT_ONCE} commands within one millisecond, at ${now} ms: is there a retry without a delay?`),
      );
  };

  const override = (command: ClientCommand): ObservableInput<ServerCommand> | undefined => {
    for (const handler of handlers) {
      const answer = handler(command);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };

  const hear = (link: Link, command: ClientCommand | UnsupportedCommand): void => {
    const { i, peerId } = command;
    const addressee = peerId === undefined ? {} : { peerId };
    const serial = i === undefined ? {} : { i };
    const reply = (answer: ServerCommand, index: number): void => {
      link.push({ ...addressee, ...(index === 0 ? serial : {}), ...answer });
    };
    const refuse = (): void => {
      const words = `the fake server has no answer to ${kindOf(command)} like this one: give one with server.answer(...)`;
      refused(4200, 'NO_ANSWER', words).forEach(reply);
    };
    count();
    if (command.cmd === 'unsupported') {
      refuse();
      return;
    }
    received.next(command);
    const given = override(command);
    if (given !== undefined) {
      let index = 0;
      running.add(
        from(given).subscribe((answer) => {
          reply(answer, index);
          index += 1;
        }),
      );
      return;
    }
    const own = answerTo(world, link, command);
    if (own === undefined) refuse();
    else own.forEach(reply);
  };

  const network = createNetwork({
    latency,
    gone: world.sessions.endOn,
    hear: (link, command) => {
      try {
        hear(link, command);
      } catch (error) {
        fail(error);
      }
    },
  });

  const push = (command: ServerCommand): void => {
    if (command.cmd === 'goaway' || command.cmd === 'error') {
      for (const link of network.links()) link.push(command);
      return;
    }
    const sessions = world.sessions.all().filter(({ clientId }) => command.peerId === undefined || clientId === command.peerId);
    tell(sessions, command);
    if (command.cmd === 'session' && command.op === 'closed') sessions.forEach(world.sessions.end);
  };

  const server: FakeServer = {
    conversation: (change) => {
      const info = conversation(change);
      if (world.memory.find(info.id) !== undefined) throw new Error(`the fake server has a conversation ${info.id} already`);
      world.memory.add(info);
      return info;
    },
    history: (conversationId, past) => {
      const held = existing(conversationId);
      if (held.messages.length > 0)
        throw new Error(`conversation ${conversationId} has messages already: its history comes before them, and at once`);
      past.forEach((one, index) => {
        const { id = world.memory.newId('message'), from: sender, mentions = [], mentionsAll = false } = one;
        held.messages.push({
          id,
          conversationId,
          from: sender,
          timestamp: index - past.length,
          content: contentOf(one.body),
          mentions,
          mentionsAll,
          receipt: false,
          isRecalled: false,
        });
      });
    },
    messages: (conversationId, marbles, values) => {
      const sayings = Object.entries(values).map(([letter, { body, ...one }]) => [letter, { ...one, content: contentOf(body) }] as const);
      draw(`messages('${conversationId}', …)`, marbles, Object.fromEntries(sayings), (saying) => {
        say(world, existing(conversationId), saying);
      });
    },
    network: (marbles, values = {}) => {
      draw('network(…)', marbles, { ...CHANGES, ...values }, network.change);
    },
    answer: (handler) => {
      handlers.unshift(handler);
    },
    push: (commands$) => {
      running.add(from(commands$).subscribe(push));
    },
    received$: received.asObservable(),
    said$: said.asObservable(),
    stored: (conversationId) => existing(conversationId).messages.map(toMessage),
  };

  running.add(() => {
    received.complete();
    said.complete();
  });
  return [server, network.webSocket, running];
};
