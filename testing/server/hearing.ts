/** Decides who answers a command: a handler of the test, or the server. */
import { Subject, from, type Subscription, type Observable, type ObservableInput } from 'rxjs';
import { defined } from '../../codecs/defined.js';
import type { ClientCommand, ServerCommand, UnsupportedCommand } from '../../codecs/index.js';
import { virtualClock } from '../virtual-clock.js';
import { answerTo } from './answers/answer.js';
import type { AnswerHandler } from './fake-server.js';
import type { Link } from './network.js';
import type { World } from './world.js';

export interface Hearing {
  /** Answers commands in the server's place. If there are several handlers, the latest is asked first. */
  readonly answer: (handler: AnswerHandler) => void;
  readonly hear: (link: Link, command: ClientCommand | UnsupportedCommand) => void;
  /** The commands that arrive. Hot, without replay, completes with `running`. */
  readonly received$: Observable<ClientCommand>;
}

export interface HearingOptions {
  readonly world: World;
  /** Unsubscribing ends the server. */
  readonly running: Subscription;
  /**
   * Ends the diagram with an error, in its own turn. If the error was thrown at once, the client that caused it would
   * catch it.
   */
  readonly fail: (error: unknown) => void;
}

/** No application sends more commands than this in one millisecond. */
const COMMANDS_AT_ONCE = 10_000;

const kindOf = (command: ClientCommand | UnsupportedCommand): string => {
  if (command.cmd === 'unsupported') return command.kind;
  return 'op' in command ? `${command.cmd}/${command.op}` : command.cmd;
};

const noAnswer = (command: ClientCommand | UnsupportedCommand): ServerCommand => ({
  cmd: 'error',
  errorMessage: {
    code: 4200,
    reason: 'NO_ANSWER',
    detail: `the fake server has no answer to ${kindOf(command)} like this one: give one with server.answer(...)`,
  },
});

export const createHearing = ({ world, running, fail }: HearingOptions): Hearing => {
  const received = new Subject<ClientCommand>();
  const handlers: AnswerHandler[] = [];
  const burst = { at: 0, size: 0 };
  running.add(() => {
    received.complete();
  });

  /** Finds a client that asks again and again without waiting: it would stop the virtual time. */
  const count = (): void => {
    const now = virtualClock.now();
    burst.size = burst.at === now ? burst.size + 1 : 1;
    burst.at = now;
    if (burst.size === COMMANDS_AT_ONCE)
      fail(
        new Error(
          `clients have sent ${COMMANDS_AT_ONCE} commands within one millisecond, at ${now} ms: is there a retry without a delay?`,
        ),
      );
  };

  const given = (command: ClientCommand): ObservableInput<ServerCommand> | undefined => {
    for (const handler of handlers) {
      const answer = handler(command);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };

  const answersTo = (link: Link, command: ClientCommand | UnsupportedCommand): ObservableInput<ServerCommand> => {
    if (command.cmd === 'unsupported') return [noAnswer(command)];
    received.next(command);
    return given(command) ?? answerTo(world, link, command) ?? [noAnswer(command)];
  };

  const hear = (link: Link, command: ClientCommand | UnsupportedCommand): void => {
    count();
    const { i, peerId } = command;
    let index = 0;
    const answering = from(answersTo(link, command)).subscribe((answer) => {
      link.push({ ...defined({ peerId, i: index === 0 ? i : undefined }), ...answer });
      index += 1;
    });
    running.add(answering);
  };

  return {
    answer: (handler) => {
      handlers.unshift(handler);
    },
    hear: (link, command) => {
      try {
        hear(link, command);
      } catch (error) {
        fail(error);
      }
    },
    received$: received.asObservable(),
  };
};
