import type { ClientCommand, ServerCommand, Subprotocol } from '../../codecs/index.js';
import type { App } from '../app.js';
import type { Session, SessionOptions, WritePush } from '../session.js';

/** The socket that a command came from. */
export interface Origin {
  /** Its sessions by client id; the one that was opened first comes first. */
  readonly sessions: Map<string, Session>;
  readonly writePush: WritePush;
  readonly missed: SessionOptions['missed'];
  /** What a login brings: counts of unread messages (3), or the messages (1). */
  readonly version: Subprotocol['version'];
}

export interface Context {
  readonly app: App;
  readonly origin: Origin;
  /** The session that a command belongs to; refuses with 4105 where there is none. */
  readonly session: () => Session;
}

/** What is sent back: the answer, and what follows it. The answer gets the command's serial and client id. */
export interface Reply {
  readonly answer?: ServerCommand;
  /** Runs when the answer has been written. */
  readonly afterwards?: () => void;
}

/** Handles one kind of command. Throws a `Refusal` to say no. */
export type Handler<C extends ClientCommand> = (context: Context, command: C) => Promise<Reply>;

/** The one kind of command with this `cmd`, and `op` where it has one. */
export type CommandOf<C extends ClientCommand['cmd'], O extends string | undefined = undefined> = Extract<
  ClientCommand,
  O extends string ? { cmd: C; op: O } : { cmd: C }
>;
