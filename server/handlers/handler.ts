import type { ClientCommand, ServerCommand, Subprotocol } from '../../codecs/index.js';
import type { App } from '../app.js';
import type { Session, SessionSocket } from '../session.js';

/** The socket that a command came from. */
export interface Origin extends SessionSocket {
  /** The socket's sessions by client id, in the order in which they were opened. */
  readonly sessions: Map<string, Session>;
  /** What a login brings: unread counts (3) or the missed messages (1). */
  readonly version: Subprotocol['version'];
  isConnected(): boolean;
}

export interface Context {
  readonly app: App;
  readonly origin: Origin;
  /** The session that a command belongs to. Refuses with 4105 if there is none. */
  readonly session: () => Session;
}

/**
 * The commands to send back: the answer first, then what follows it. The answer gets the command's serial and client
 * id.
 */
export interface Reply {
  readonly answer?: ServerCommand;
  /** Called when the answer has been written. */
  readonly afterwards?: () => void;
}

/** Handles one kind of command. Throws a `Refusal` to refuse it. */
export type Handler<C extends ClientCommand> = (context: Context, command: C) => Promise<Reply>;

/** The name of a kind of command: its `cmd`, and its `op` if it has one. */
export type KindOf<C extends ClientCommand> = C extends { op: infer O extends string } ? `${C['cmd']}/${O}` : C['cmd'];

/** The command with this `cmd`, and with this `op` if it has one. */
export type CommandOf<C extends ClientCommand['cmd'], O extends string | undefined = undefined> = Extract<
  ClientCommand,
  O extends string ? { cmd: C; op: O } : { cmd: C }
>;
