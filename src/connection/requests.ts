/** The commands that wait for an answer, by their serial number. */
import { DecodeFailed, preview, type ClientCommand, type ServerCommand } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { deadlines } from '../deadlines.js';
import {
  CommandTimeout,
  ConnectionLost,
  ServerRejected,
  Unconfirmed,
  toRealtimeError,
  type RealtimeError,
} from '../errors.js';
import {
  requesting,
  type AnswerKind,
  type Connection,
  type Owner,
  type Reply,
  type RequestOptions,
} from './connection.js';

export interface Requests extends Pick<Connection, 'ask' | 'abandon' | 'request'> {
  /** Gives an answer to the request that waits for it, or to its `late`. Returns false if there is neither. */
  settle(serial: number, command: ServerCommand): boolean;
  /** The number of requests that wait. */
  size(): number;
  /** The connection is lost: every request that waits fails at once. */
  failAll(reason: string): void;
}

export interface RequestsOptions {
  /** Writes a command. Returns the reason, as text, if it can't be written. */
  readonly write: (command: ClientCommand) => string | undefined;
  /** How long a request waits for its answer, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  /** Called with the time that each answer took, ms. */
  readonly answered?: (ms: number) => void;
}

interface Pending<A extends ServerCommand = ServerCommand> {
  /** When it was written, by the monotonic clock. */
  readonly since: number;
  readonly command: ClientCommand;
  readonly answer: AnswerKind<A>;
  readonly reply: Reply<A>;
  readonly options: RequestOptions<A>;
  readonly owner: Owner | undefined;
}

/** The limit of `late` callbacks that are kept: answers that never arrive must not cost more memory. */
const MAX_LATE = 1_000;

/** The kind of a command as the protocol writes it, for example `conv/query`. */
const kindOf = (command: { readonly cmd: string; readonly op?: string }): string =>
  command.op === undefined ? command.cmd : `${command.cmd}/${command.op}`;

/**
 * How a server refuses: with an error command, an acknowledgement with a code, or a session that it closes instead of
 * opening.
 */
const refusal = (command: ServerCommand, expected: string): ServerRejected | undefined => {
  switch (command.cmd) {
    case 'error': {
      const { code, reason, detail, appCode } = command.errorMessage;
      return new ServerRejected(code, reason, detail, appCode);
    }
    case 'ack': {
      const { code, reason = 'MESSAGE_REJECTED', appCode, appMsg } = command.ackMessage;
      return code === undefined ? undefined : new ServerRejected(code, reason, appMsg, appCode);
    }
    case 'session': {
      if (command.op !== 'closed' || expected === 'session/closed') return undefined;
      const { code = 0, reason = 'SESSION_CLOSED', detail } = command.sessionMessage ?? {};
      return new ServerRejected(code, reason, detail);
    }
    default:
      return undefined;
  }
};

const NO_OPTIONS = {};

export const createRequests = ({ write, timeout, clock, answered }: RequestsOptions): Requests => {
  const pending = new Map<number, Pending>();
  /** The requests that do not wait any more, and have a `late`. */
  const late = new Map<number, Pending>();
  let serial = 0;

  /** Ends the waiting for an answer. Returns the request, if it has waited. */
  const take = (i: number): Pending | undefined => {
    const found = pending.get(i);
    if (found === undefined) return undefined;
    pending.delete(i);
    limits.end(i);
    return found;
  };

  /** The same, if the answer may still come. */
  const give = (i: number): Pending | undefined => {
    const found = take(i);
    if (found?.options.late === undefined) return found;
    const [oldest] = late.keys();
    if (late.size >= MAX_LATE && oldest !== undefined) late.delete(oldest);
    late.set(i, found);
    return found;
  };

  const limits = deadlines(clock, timeout, (i: number) => {
    const found = give(i);
    found?.reply.failed(new CommandTimeout(kindOf(found.command), timeout));
  });

  const failed = (errorOf: (request: Pending) => RealtimeError | undefined): void => {
    // A reply may withdraw others.
    for (const [i, request] of [...pending]) {
      const error = errorOf(request);
      if (error && give(i)) request.reply.failed(error);
    }
  };

  const ask = <A extends ServerCommand>(
    command: ClientCommand,
    answer: AnswerKind<A>,
    reply: Reply<A>,
    options: RequestOptions<A> = NO_OPTIONS,
    owner?: Owner,
  ): (() => void) => {
    serial += 1;
    const i = serial;
    const request: Pending<A> = { since: clock.elapsed(), command, answer, reply, options, owner };
    // `settle` gives it only what its kind has accepted.
    pending.set(i, request as unknown as Pending);
    let problem: RealtimeError | undefined;
    try {
      // The new keys come first: V8 is slow when it adds keys to a copy.
      const reason = write(owner === undefined ? { i, ...command } : { i, peerId: owner.clientId, ...command });
      problem = reason === undefined ? undefined : new ConnectionLost(reason);
    } catch (thrown) {
      // A socket of the application's own.
      problem = toRealtimeError(thrown);
    }
    if (problem === undefined) {
      if (options.isUnlimited !== true && pending.has(i)) limits.begin(i);
    } else if (take(i)) reply.failed(problem);
    return () => {
      give(i);
    };
  };

  return {
    ask,
    request: (command, answer, options) => requesting((reply) => ask(command, answer, reply, options)),
    abandon: (owner, error) => {
      failed((request) => (request.owner === owner ? error : undefined));
    },
    settle: (i, command) => {
      const found = take(i);
      if (found === undefined) {
        const missed = late.get(i);
        if (missed !== undefined && refusal(command, missed.answer.name) === undefined && missed.answer.is(command))
          missed.options.late?.(command);
        return late.delete(i);
      }
      const { answer, reply, since } = found;
      answered?.(clock.elapsed() - since);
      const refused = refusal(command, answer.name);
      if (refused !== undefined) reply.failed(refused);
      else if (answer.is(command)) reply.answered(command);
      else reply.failed(new DecodeFailed('cmd', answer.name, preview(kindOf(command))));
      return true;
    },
    size: () => pending.size,
    failAll: (reason) => {
      failed(({ command, options }) =>
        options.effectful === true ? new Unconfirmed(kindOf(command)) : new ConnectionLost(reason),
      );
      limits.clear();
      late.clear();
    },
  };
};
