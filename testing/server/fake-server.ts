/** A server in a diagram. It speaks the protocol, over a network that marbles control. */
import type { Observable, ObservableInput } from 'rxjs';
import type { ClientCommand, ConversationInfo, OutgoingBody, ServerCommand } from '../../codecs/index.js';
import type { Mentions, Message } from '../../src/index.js';
import type { NetworkChange } from './network.js';

/** A message that somebody sends in a diagram. */
export interface Said extends Mentions {
  /** The sender: a client id, logged in or not. */
  readonly from: string;
  readonly body: OutgoingBody;
  /** Default: `message-1`, `message-2` and so on, in the order in which messages are sent. */
  readonly id?: string;
  /** The message is only for clients that are online. Default false. */
  readonly transient?: boolean;
  /**
   * When it is stored, ms. It is not before the last message of the conversation, and may be the same time. Default:
   * the time of the diagram, or a millisecond after the last message.
   */
  readonly timestamp?: number;
}

/** Answers a command with the answer and what follows it. Undefined leaves the command to the server's own answer. */
export type AnswerHandler = (command: ClientCommand) => ObservableInput<ServerCommand> | undefined;

/**
 * A server of the protocol with its own memory, in the virtual time of the diagram. It has logins, conversations,
 * chat rooms, messages, history, unread counts, receipts, edits and recalls. It refuses every other command, and the
 * refusal says why.
 */
export interface FakeServer {
  /**
   * Creates a conversation or a chat room before anything happens. Fields that are left out are those of the fixture
   * `conversation`. Throws if there is a conversation with this id.
   *
   * @example server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
   */
  conversation(info: Partial<ConversationInfo>): ConversationInfo;
  /**
   * Messages from before the diagram begins, a millisecond apart, the last one at -1. Clients get no push of them.
   *
   * @example server.history('c', [{ from: 'Jerry', body: text('hi') }]);
   */
  history(conversationId: string, said: readonly Said[]): void;
  /**
   * Messages that others send, and when. Members that are online, or clients in the chat room, receive them. Members
   * that are away find them when they come back: in the unread counts, and when they catch up.
   *
   * @example
   * server.messages('c', '--a-b', {
   *   a: { from: 'Jerry', body: text('hi') },
   *   b: { from: 'Spike', body: text('grr') },
   * });
   */
  messages(conversationId: string, marbles: string, values: Readonly<Record<string, Said>>): void;
  /**
   * States of the network: `u` up, `d` down, `s` silent, and letters of your own. The network is up until the marbles
   * say something else. Clients reconnect after their backoff, which is a second after the first break.
   *
   * @example server.network('10s d 5s u');
   * @example server.network('10s k', { k: { code: 4100, reason: 'the application is switched off' } });
   */
  network(marbles: string, values?: Readonly<Record<string, NetworkChange>>): void;
  /**
   * Answers commands in the server's place. The first command that the handler emits is the answer: it gets the
   * serial and the client id of the question. The later ones are pushed to that client. If the handler emits nothing,
   * the client gets no answer. If there are several handlers, the latest is asked first. The server itself does not
   * see a command that is answered here, so it does not store its message.
   *
   * @example
   * server.answer((command) =>
   *   command.cmd === 'direct'
   *     ? cold('5s a', { a: { cmd: 'ack', ackMessage: { code: 4401, reason: 'NO' } } })
   *     : undefined,
   * );
   */
  answer(handler: AnswerHandler): void;
  /**
   * Pushes commands without a change: to the client that a command names, or else to all clients that are online.
   * `goaway` and `error` go to all connections. A `session/closed` ends the session.
   *
   * @example
   * server.push(
   *   cold('--k', {
   *     k: { cmd: 'session', op: 'closed', peerId: 'Tom', sessionMessage: { code: 4115, reason: 'KICKED_BY_APP' } },
   *   }),
   * );
   */
  push(commands$: ObservableInput<ServerCommand>): void;
  /**
   * The commands that clients send, heartbeats and acknowledgements included, when they arrive. Hot, without replay,
   * never errors, completes when the diagram is over.
   */
  readonly received$: Observable<ClientCommand>;
  /**
   * Each message when it is sent, by a client or by the marbles, once. Hot, without replay, never errors, completes
   * when the diagram is over.
   *
   * @example expectObservable(server.said$.pipe(map(({ from }) => from))).toBe('--t', { t: 'Tom' });
   */
  readonly said$: Observable<Message>;
  /**
   * The messages of a conversation that are stored now, oldest first, for assertions after `flush()`. Throws if there
   * is no such conversation.
   */
  stored(conversationId: string): readonly Message[];
}
