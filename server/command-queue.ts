/**
 * The frames of one socket that wait to be handled. They are handled one after the other. Only messages need not wait
 * for each other: while some are stored, the next ones take their places behind them. While too many frames wait, the
 * socket is not read.
 */
import type { App } from './app.js';
import type { Limits } from './options.js';
import type { OutgoingFrames } from './outgoing.js';

/** What is to be done about a frame. */
export interface Job {
  readonly run: () => Promise<void> | void;
  /** It has its place as soon as it has begun: the next one of this kind need not wait until it has ended. */
  readonly isPlacedAtOnce?: boolean;
}

/** What a queue needs of the server. */
export interface CommandQueueApp extends Pick<App, 'commandTurns' | 'report'> {
  readonly limits: Pick<Limits, 'queuedCommands' | 'queuedBytes'>;
}

/** A frame that waits for its turn, or is carried out. */
interface Waiting {
  readonly bytes: number;
  readonly job: () => Job;
  /** The frame that has come after it. */
  next: Waiting | undefined;
}

/**
 * After a refusal for too many commands, the next command of the socket waits this long, ms. Without this pause, a
 * fast flood of refusals would take the time of other clients.
 */
const OVER_RATE_PAUSE = 20;

/** How long the frames of one socket are handled before other sockets have their turn, ms. */
const TURN = 1;

const DONE = Promise.resolve();
const NOBODY: readonly (() => void)[] = [];

/** A class, since each socket has one: an object of it takes little memory as long as nothing waits. */
export class CommandQueue {
  /** The frames that wait for their turn, and the first one, which is carried out. */
  private first: Waiting | undefined;
  private last: Waiting | undefined;
  private waiting = 0;
  /** Resolves when nothing waits any more. Commands that have their place may still be carried out. */
  private tail = DONE;
  /** How many commands that have their place are carried out. */
  private placed = 0;
  /** Called when there are none of them any more. */
  private whenNonePlaced = NOBODY;
  private queuedBytes = 0;
  /** When this socket's turn ends, by the monotonic clock. */
  private turnEnds = 0;
  private isSlowedDown = false;
  private isAbandoned = false;

  constructor(
    private readonly app: CommandQueueApp,
    /** `room` resolves when the client has taken most of its answers; it is undefined if the client has. */
    private readonly frames: Pick<OutgoingFrames, 'room'>,
    private readonly socket: { readonly isPaused: boolean; pause(): void; resume(): void },
  ) {}

  /** Adds a frame of this length. `job` decodes it, when it is its turn. */
  add(bytes: number, job: () => Job): void {
    const frame: Waiting = { bytes, job, next: undefined };
    this.queuedBytes += bytes;
    this.waiting += 1;
    if (this.last === undefined) {
      this.first = frame;
      // Not at once: more frames may have come with this one.
      this.tail = this.tail.then(() => this.handleAll());
    } else this.last.next = frame;
    this.last = frame;
    if (this.isFull()) this.socket.pause();
  }

  /** How many frames wait or are carried out. */
  size(): number {
    return this.waiting + this.placed;
  }

  /** Bytes of the frames that wait or are carried out. */
  bytes(): number {
    return this.queuedBytes;
  }

  /** Resolves when every frame that was added has been handled. */
  settled(): Promise<void> {
    return this.tail.then(() => this.nonePlaced());
  }

  /** The client has sent too many commands: its next one has to wait. */
  slowDown(): void {
    this.isSlowedDown = true;
  }

  /** What waits is not carried out any more. */
  abandon(): void {
    this.isAbandoned = true;
  }

  /** Resolves when no command that has its place is carried out; undefined if there is none. */
  private nonePlaced(): Promise<void> | undefined {
    return this.placed === 0
      ? undefined
      : new Promise((resolve) => {
          this.whenNonePlaced = [...this.whenNonePlaced, resolve];
        });
  }

  /** Whether as much waits as is allowed, or this share of it. */
  private isFull(share = 1): boolean {
    const { queuedCommands, queuedBytes } = this.app.limits;
    return this.size() >= queuedCommands * share || this.queuedBytes >= queuedBytes * share;
  }

  private handled({ bytes }: Waiting): void {
    this.queuedBytes -= bytes;
    if (this.socket.isPaused && !this.isFull(1 / 2)) this.socket.resume();
  }

  /**
   * Lets other sockets have their turn. Without it, everything that one socket has sent at once would be handled
   * before anything of the others is read.
   */
  private takeTurn(): Promise<void> | void {
    // As long as the client has not taken its answers, it gets no more of them.
    const answersTaken = this.frames.room();
    if (answersTaken !== undefined) return answersTaken;
    if (this.isSlowedDown) {
      this.isSlowedDown = false;
      return new Promise((resolve) => setTimeout(resolve, OVER_RATE_PAUSE));
    }
    const isFirst = this.waiting === 1;
    if (!isFirst && performance.now() < this.turnEnds) return;
    const turn = this.app.commandTurns.take(!isFirst);
    const begin = (): void => {
      this.turnEnds = performance.now() + TURN;
    };
    if (turn === undefined) begin();
    return turn?.then(begin);
  }

  /** Carries out a command that has its place as soon as it has begun. */
  private async runPlaced(frame: Waiting, run: Job['run']): Promise<void> {
    this.placed += 1;
    try {
      await run();
    } catch (error) {
      this.app.report(error);
    }
    this.placed -= 1;
    this.handled(frame);
    if (this.placed > 0) return;
    const wakes = this.whenNonePlaced;
    this.whenNonePlaced = NOBODY;
    for (const wake of wakes) wake();
  }

  private async handleAll(): Promise<void> {
    for (let next = this.first; next !== undefined; next = this.first) {
      let isPlaced = false;
      try {
        const turn = this.isAbandoned ? undefined : this.takeTurn();
        if (turn !== undefined) await turn;
        const job = this.isAbandoned ? undefined : next.job();
        isPlaced = job?.isPlacedAtOnce === true;
        if (job !== undefined && isPlaced) void this.runPlaced(next, job.run);
        else {
          const none = this.nonePlaced();
          if (none !== undefined) await none;
          if (!this.isAbandoned) await job?.run();
        }
      } catch (error) {
        this.app.report(error);
      }
      this.first = next.next;
      if (this.first === undefined) this.last = undefined;
      this.waiting -= 1;
      if (!isPlaced) this.handled(next);
    }
  }
}
