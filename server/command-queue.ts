/**
 * The frames of one socket that wait to be handled. They are handled one after the other. Only messages need not wait
 * for each other: while some are stored, the next ones take their places behind them. While too many frames wait, the
 * socket is not read.
 */
import type { App } from './app.js';
import type { Limits } from './options.js';

/** What is to be done about a frame. */
export interface Job {
  readonly run: () => Promise<void> | void;
  /** It has its place as soon as it has begun: the next one of this kind need not wait until it has ended. */
  readonly isPlacedAtOnce?: boolean;
}

export interface CommandQueue {
  /** Adds a frame of this length. `job` decodes it, when it is its turn. */
  readonly add: (bytes: number, job: () => Job) => void;
  /** Whether nothing waits and nothing is carried out. */
  readonly isIdle: () => boolean;
  /** Bytes of the frames that wait or are carried out. */
  readonly bytes: () => number;
  /** Resolves when every frame that was added has been handled. */
  readonly settled: () => Promise<void>;
  /** The client has sent too many commands: its next one has to wait. */
  readonly slowDown: () => void;
  /** What waits is not carried out any more. */
  readonly abandon: () => void;
}

export interface CommandQueueOptions {
  readonly limits: Pick<Limits, 'queuedCommands' | 'queuedBytes'>;
  readonly turns: App['commandTurns'];
  readonly report: App['report'];
  /** Resolves when the client has taken most of its answers; undefined if it has. */
  readonly room: () => Promise<void> | undefined;
  readonly socket: { readonly isPaused: boolean; pause(): void; resume(): void };
}

interface Waiting {
  readonly bytes: number;
  readonly job: () => Job;
}

/**
 * After a refusal for too many commands, the next command of the socket waits this long, ms. Without this pause, a
 * fast flood of refusals would take the time of other clients.
 */
const OVER_RATE_PAUSE = 20;

/** How long the frames of one socket are handled before other sockets have their turn, ms. */
const TURN = 1;

export const createCommandQueue = ({ limits, turns, report, room, socket }: CommandQueueOptions): CommandQueue => {
  /** Frames that wait for their turn, and the one that is carried out. */
  const waiting: Waiting[] = [];
  /** Resolves when nothing waits any more. Commands that have their place may still be carried out. */
  let tail = Promise.resolve();
  /** How many commands that have their place are carried out. */
  let placed = 0;
  /** Called when there are none of them any more. */
  let whenNonePlaced: (() => void)[] = [];
  let queuedBytes = 0;
  /** When this socket's turn ends, by the monotonic clock. */
  let turnEnds = 0;
  let isSlowedDown = false;
  let isAbandoned = false;

  /** Resolves when no command that has its place is carried out; undefined if there is none. */
  const nonePlaced = (): Promise<void> | undefined =>
    placed === 0
      ? undefined
      : new Promise((resolve) => {
          whenNonePlaced.push(resolve);
        });

  /** Whether as much waits as is allowed, or this share of it. */
  const isFull = (share = 1): boolean =>
    waiting.length + placed >= limits.queuedCommands * share || queuedBytes >= limits.queuedBytes * share;

  const handled = ({ bytes }: Waiting): void => {
    queuedBytes -= bytes;
    if (socket.isPaused && !isFull(1 / 2)) socket.resume();
  };

  /**
   * Lets other sockets have their turn. Without it, everything that one socket has sent at once would be handled
   * before anything of the others is read.
   */
  const takeTurn = (): Promise<void> | void => {
    // As long as the client has not taken its answers, it gets no more of them.
    const answersTaken = room();
    if (answersTaken !== undefined) return answersTaken;
    if (isSlowedDown) {
      isSlowedDown = false;
      return new Promise((resolve) => setTimeout(resolve, OVER_RATE_PAUSE));
    }
    const isFirst = waiting.length === 1;
    if (!isFirst && performance.now() < turnEnds) return;
    const turn = turns.take(!isFirst);
    const begin = (): void => {
      turnEnds = performance.now() + TURN;
    };
    if (turn === undefined) begin();
    return turn?.then(begin);
  };

  /** Carries out a command that has its place as soon as it has begun. */
  const runPlaced = async (frame: Waiting, run: Job['run']): Promise<void> => {
    placed += 1;
    try {
      await run();
    } catch (error) {
      report(error);
    }
    placed -= 1;
    handled(frame);
    if (placed > 0) return;
    const wakes = whenNonePlaced;
    whenNonePlaced = [];
    for (const wake of wakes) wake();
  };

  const handleAll = async (): Promise<void> => {
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      let isPlaced = false;
      try {
        const turn = isAbandoned ? undefined : takeTurn();
        if (turn !== undefined) await turn;
        const job = isAbandoned ? undefined : next.job();
        isPlaced = job?.isPlacedAtOnce === true;
        if (job !== undefined && isPlaced) void runPlaced(next, job.run);
        else {
          const none = nonePlaced();
          if (none !== undefined) await none;
          if (!isAbandoned) await job?.run();
        }
      } catch (error) {
        report(error);
      }
      waiting.shift();
      if (!isPlaced) handled(next);
    }
  };

  return {
    add: (bytes, job) => {
      queuedBytes += bytes;
      // Not at once: more frames may have come with this one.
      if (waiting.push({ bytes, job }) === 1) tail = tail.then(handleAll);
      if (isFull()) socket.pause();
    },
    isIdle: () => waiting.length + placed === 0,
    bytes: () => queuedBytes,
    settled: () => tail.then(nonePlaced),
    slowDown: () => {
      isSlowedDown = true;
    },
    abandon: () => {
      isAbandoned = true;
    },
  };
};
