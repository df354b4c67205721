/** The commands that wait for an answer, by their serial number. */
import { Observable, type Subscriber } from 'rxjs';
import { DecodeFailed, preview, type ClientCommand, type ServerCommand } from '../../codecs/index.js';
import type { Clock } from '../clock.js';
import { CommandTimeout, ConnectionLost, ServerRejected, Unconfirmed } from '../errors.js';
import type { AnswerKind, RequestOptions } from './connection.js';

export interface Requests {
  /** Cold: gives the command the next serial number, writes it, emits the answer, completes. */
  request<A extends ServerCommand>(
    command: ClientCommand,
    answer: AnswerKind<A>,
    options: RequestOptions<A>,
  ): Observable<A>;
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

interface Pending {
  /** When it was written, by the monotonic clock. */
  readonly since: number;
  readonly settle: (command: ServerCommand) => void;
  readonly lose: (reason: string) => void;
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

export const createRequests = ({ write, timeout, clock, answered }: RequestsOptions): Requests => {
  const pending = new Map<number, Pending>();
  /** The `late` callbacks of requests that do not wait any more. */
  const late = new Map<number, (command: ServerCommand) => void>();
  let serial = 0;

  const waiting = <A extends ServerCommand>(
    subscriber: Subscriber<A>,
    kind: string,
    answer: AnswerKind<A>,
    effectful: boolean,
  ): Pending => ({
    since: clock.elapsed(),
    settle: (command) => {
      const refused = refusal(command, answer.name);
      if (refused !== undefined) subscriber.error(refused);
      else if (answer.is(command)) {
        subscriber.next(command);
        subscriber.complete();
      } else subscriber.error(new DecodeFailed('cmd', answer.name, preview(kindOf(command))));
    },
    lose: (reason) => {
      subscriber.error(effectful ? new Unconfirmed(kind) : new ConnectionLost(reason));
    },
  });

  const listenFor = <A extends ServerCommand>(i: number, answer: AnswerKind<A>, hear: (answer: A) => void): void => {
    const [oldest] = late.keys();
    if (late.size >= MAX_LATE && oldest !== undefined) late.delete(oldest);
    late.set(i, (command) => {
      if (refusal(command, answer.name) === undefined && answer.is(command)) hear(command);
    });
  };

  return {
    request: <A extends ServerCommand>(command: ClientCommand, answer: AnswerKind<A>, options: RequestOptions<A>) =>
      new Observable<A>((subscriber) => {
        serial += 1;
        const i = serial;
        const kind = kindOf(command);
        const limit = options.timeout ?? timeout;
        pending.set(i, waiting(subscriber, kind, answer, options.effectful === true));
        subscriber.add(() => {
          // A request that was answered or lost has already been removed.
          if (pending.delete(i) && options.late !== undefined) listenFor(i, answer, options.late);
        });
        const problem = write({ ...command, i });
        if (problem !== undefined) {
          pending.delete(i);
          subscriber.error(new ConnectionLost(problem));
          return;
        }
        if (limit === Infinity) return;
        subscriber.add(
          clock.after(limit).subscribe(() => {
            subscriber.error(new CommandTimeout(kind, limit));
          }),
        );
      }),
    settle: (i, command) => {
      const found = pending.get(i);
      if (found === undefined) {
        late.get(i)?.(command);
        return late.delete(i);
      }
      pending.delete(i);
      answered?.(clock.elapsed() - found.since);
      found.settle(command);
      return true;
    },
    size: () => pending.size,
    failAll: (reason) => {
      late.clear();
      const lost = [...pending.values()];
      pending.clear();
      for (const request of lost) request.lose(reason);
    },
  };
};
