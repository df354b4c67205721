/** A server in a diagram: it speaks the protocol, over a network that is drawn. */
import type { Observable, ObservableInput } from 'rxjs';
import type { ClientCommand, ConversationInfo, OutgoingBody, ServerCommand } from '../../codecs/index.js';
import type { Mentions, Message } from '../../src/index.js';
import type { NetworkChange } from './network.js';

/** What somebody says in a diagram. */
export interface Said extends Mentions {
  /** Who says it: a client id, logged in or not. */
  readonly from: string;
  readonly body: OutgoingBody;
  /** Default: `message-1`, `message-2` and so on, in the order in which messages are said. */
  readonly id?: string;
  /** For who is online now. Default false. */
  readonly transient?: boolean;
}

/** Answers a command, with the answer and what follows it; undefined where the server's own answer will do. */
export type AnswerHandler = (command: ClientCommand) => ObservableInput<ServerCommand> | undefined;

/**
 * A server of the protocol with a memory of its own, in the virtual time of the diagram: logins, conversations, chat
 * rooms, messages, history, unread counts, receipts, edits and recalls. What it has no answer to it refuses with
 * words that say so.
 */
export interface FakeServer {
  /**
   * Makes a conversation or a chat room, before anything happens. What is left out is as in the fixture
   * `conversation`. Throws where there is one of this id.
   *
   * @example server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
   */
  conversation(info: Partial<ConversationInfo>): ConversationInfo;
  /**
   * What was said before the diagram begins, a millisecond apart, the last at -1. Nobody is told.
   *
   * @example server.history('c', [{ from: 'Jerry', body: text('hi') }]);
   */
  history(conversationId: string, said: readonly Said[]): void;
  /**
   * What others say, and when. Who is online and a member, or in the chat room, gets it, and who is away finds it
   * when he comes back: in the unread counts, and where he catches up.
   *
   * @example
   * server.messages('c', '--a-b', {
   *   a: { from: 'Jerry', body: text('hi') },
   *   b: { from: 'Spike', body: text('grr') },
   * });
   */
  messages(conversationId: string, marbles: string, values: Readonly<Record<string, Said>>): void;
  /**
   * What becomes of the network: `u` up, `d` down, `s` silent, and letters of your own. It is up until something else
   * is drawn. Clients try again after their backoff, the first time a second after the break.
   *
   * @example server.network('10s d 5s u');
   * @example server.network('10s k', { k: { code: 4100, reason: 'the application is switched off' } });
   */
  network(marbles: string, values?: Readonly<Record<string, NetworkChange>>): void;
  /**
   * Answers in the server's place. The first command that comes of it is the answer and gets the serial and the
   * client of the question, others are pushed to that client; where nothing comes, the client waits in vain. Of
   * several handlers the latest is asked first. The server itself hears nothing of a command that is answered here: a
   * message is not stored.
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
   * Pushes commands as they are: to the client that one names, or to everybody who is online; `goaway` and `error` to
   * all connections. A `session/closed` ends the session.
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
   * What clients send, heartbeats and acknowledgements too, as it arrives. Hot, without replay, never errors,
   * completes when the diagram is over.
   */
  readonly received$: Observable<ClientCommand>;
  /**
   * Each message as it is said, by clients and as drawn, once. Hot, without replay, never errors, completes when the
   * diagram is over.
   *
   * @example expectObservable(server.said$.pipe(map(({ from }) => from))).toBe('--t', { t: 'Tom' });
   */
  readonly said$: Observable<Message>;
  /**
   * What is stored of a conversation now, the oldest first: for assertions after `flush()`. Throws where there is no
   * such conversation.
   */
  stored(conversationId: string): readonly Message[];
}
