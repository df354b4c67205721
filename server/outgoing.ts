/**
 * The frames that go out on one socket. Answers and notices that are written in one turn of the event loop go out
 * together, by one system call. The messages of chat rooms wait for their turn, and are dropped by priority if the
 * reader or the server is too slow.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Subprotocol } from '../codecs/index.js';
import { timerTime } from './http/timer.js';
import type { RoomPriority } from './notice.js';
import type { Limits } from './options.js';
import { createPriorityQueue, type PriorityQueue } from './priority-queue.js';
import { addresseeText, type SharedFrame } from './shared-frame.js';
import { noDrops, plus, withOne, type Drops } from './stats.js';
import type { Turns } from './turns.js';
import type { WireFrame } from './wire-frame.js';

/** A push for a client. Its frame is made when it is written, so a dropped push costs nothing. */
interface Offer {
  readonly shared: SharedFrame;
  readonly clientId: string;
}

/** The connection that frames go out on. */
export interface OutgoingOptions {
  readonly socket: WebSocket;
  /** The network connection below the socket. */
  readonly transport: Duplex;
  readonly subprotocol: Subprotocol;
  readonly limits: Limits;
  readonly turns: Turns;
  /** When the client has sent something last, by `now`. */
  readonly heardAt: number;
  /** Called when more than `limits.bufferedBytes` wait and the reader does not take them. */
  tooSlow(): void;
  /** The monotonic clock, ms. */
  now(): number;
}

/** How a receiver stands. */
interface Pressure {
  readonly queued: number;
  readonly bufferedBytes: number;
  readonly dropped: Drops;
  readonly isCongested: boolean;
}

/**
 * While a reader takes its frames, more of them may wait: this many times `limits.bufferedBytes`. They may have come
 * all at once, and the server may have been busy.
 */
const BURST = 2;
/** A reader that has taken nothing for this long does not take its frames, ms. */
const IDLE = 1_000;
/** But if it has sent something in this time, it lives, and holds back on purpose (`realtime.hold`), ms. */
const HOLDING = 5_000;

/** Frames that one turn of a socket writes, with one system call. */
const PER_TURN = 64;
/** If more bytes than these wait for the end of a turn, they are written before. */
const JOINED = 65_536;

/** A class, since each socket has one: an object of it takes little memory as long as nothing waits. */
export class OutgoingFrames {
  /** Frames of chat rooms. Most sockets are in none. */
  private waiting: PriorityQueue<Offer> | undefined;
  private waitingBytes = 0;
  private dropped = noDrops;
  /** The turn in which this socket writes messages of chat rooms. */
  private turn: (() => void) | undefined;
  /** Bytes of answers that have not been written to the network yet. */
  private answerBytes = 0;
  /** When the reader last took something, or had nothing to take. */
  private takenAt: number;
  private wake: (() => void) | undefined;
  /** Frames wait until the end of the turn. */
  private isJoining = false;
  /** The client whose push was written last, and its addressee: most sockets have one client. */
  private lastClientId = '';
  private lastAddressee = '';

  constructor(private readonly to: OutgoingOptions) {
    this.takenAt = to.now();
  }

  /** Writes a frame that nobody has asked for; it is never dropped. */
  write(frame: WireFrame): void {
    if (!this.isOpen()) return;
    if (this.isTooMuch(this.to.socket.bufferedAmount - this.answerBytes)) this.to.tooSlow();
    else this.send(frame);
  }

  /** The same, with a push for a client. */
  push(offer: Offer): void {
    if (this.isOpen()) this.write(this.frameOf(offer));
  }

  /**
   * Writes an answer. Answers are counted apart, so a long one does not end the connection of its reader. Whoever
   * writes answers has to wait for `room` between them. `isAwaited`: it does not wait for the end of the turn.
   */
  answer(frame: WireFrame, isAwaited = false): void {
    if (!this.isOpen()) return;
    this.answerBytes += frame.length;
    this.put(
      frame,
      () => {
        this.answerBytes -= frame.length;
        this.again();
        if (this.answerBytes <= this.to.limits.bufferedBytes) this.wake?.();
      },
      isAwaited,
    );
  }

  /**
   * Resolves when the reader has taken most of its answers; undefined if it has. If it takes nothing for some time,
   * `tooSlow` is called.
   */
  room(): Promise<void> | undefined {
    const { limits, socket } = this.to;
    if (this.answerBytes <= limits.bufferedBytes || !this.isOpen()) return undefined;
    return new Promise((resolve) => {
      let before = this.takenAt;
      const stall = setInterval(() => {
        if (this.takenAt === before) this.to.tooSlow();
        before = this.takenAt;
      }, timerTime(limits.answerTimeout));
      const done = (): void => {
        clearInterval(stall);
        socket.off('close', done);
        this.wake = undefined;
        resolve();
      };
      this.wake = done;
      socket.once('close', done);
    });
  }

  /**
   * Queues a frame until it is this socket's turn. If too many frames wait, one is dropped: low ones first, then
   * normal ones, never high ones.
   */
  offer(offer: Offer, priority: RoomPriority): void {
    if (!this.isOpen()) return;
    this.waiting ??= createPriorityQueue(this.to.limits.roomQueue);
    const gone = this.waiting.add(offer, priority);
    this.waitingBytes += offer.shared.bytes;
    if (gone !== undefined) {
      this.waitingBytes -= gone.item.shared.bytes;
      this.dropped = withOne(this.dropped, gone.priority);
    }
    if (this.isTooMuch(this.waitingBytes)) this.to.tooSlow();
    else if (!this.isCongested()) this.takeTurn();
  }

  /** Counts messages that were dropped before they came here. */
  missed(drops: Drops): void {
    this.dropped = plus(this.dropped, drops);
  }

  pressure(): Pressure {
    return {
      queued: this.waiting?.size() ?? 0,
      bufferedBytes: this.to.socket.bufferedAmount,
      dropped: this.dropped,
      isCongested: this.isCongested(),
    };
  }

  private isOpen(): boolean {
    const { socket } = this.to;
    return socket.readyState === socket.OPEN;
  }

  private isCongested(): boolean {
    return this.to.socket.bufferedAmount > this.to.limits.roomBufferedBytes;
  }

  private isStuck(): boolean {
    const now = this.to.now();
    return this.isCongested() && now - this.takenAt > IDLE && now - this.to.heardAt > HOLDING;
  }

  /** Whether so much waits that the connection has to end. */
  private isTooMuch(bytes: number): boolean {
    const { bufferedBytes } = this.to.limits;
    return bytes > BURST * bufferedBytes || (bytes > bufferedBytes && this.isStuck());
  }

  private again(): void {
    this.takenAt = this.to.now();
    if (this.waiting !== undefined && this.waiting.size() > 0) this.takeTurn();
  }

  private flush(): void {
    if (!this.isJoining) return;
    this.isJoining = false;
    this.to.transport.uncork();
  }

  /**
   * Writes a frame, together with all others of this turn. A binary frame has its header, so it goes past `ws` to the
   * connection: `ws` would write both apart. It is in order with what `ws` writes, which goes to the connection at
   * once, since nothing is compressed. `atOnce`: the turn ends for what waits, too.
   */
  private put(frame: WireFrame, written?: () => void, atOnce = false): void {
    const { socket, transport, turns, limits } = this.to;
    if (!this.isJoining && !atOnce) {
      this.isJoining = true;
      transport.cork();
      turns.takeFirst(() => this.flush());
    }
    if (typeof frame === 'string') socket.send(frame, written);
    else transport.write(frame, written);
    // What waits on purpose must not look like a reader that is too slow.
    const most = atOnce ? 0 : Math.min(JOINED, limits.bufferedBytes, limits.roomBufferedBytes);
    if (transport.writableLength > most) this.flush();
  }

  /** Sends a frame. If it fills the buffer, the turn is taken again when the frame has been written. */
  private send(frame: WireFrame): void {
    const { socket, limits } = this.to;
    const isFull = socket.bufferedAmount + frame.length > limits.roomBufferedBytes;
    this.put(frame, isFull ? () => this.again() : undefined);
  }

  private frameOf({ shared, clientId }: Offer): WireFrame {
    if (clientId !== this.lastClientId) {
      this.lastClientId = clientId;
      this.lastAddressee = addresseeText(clientId);
    }
    return shared.to(this.lastAddressee, this.to.subprotocol);
  }

  private takeTurn(): void {
    this.turn ??= () => this.writeWaiting();
    this.to.turns.take(this.turn);
  }

  private writeWaiting(): void {
    if (!this.isOpen()) return;
    if (!this.isCongested()) this.takenAt = this.to.now();
    for (let count = 0; count < PER_TURN && !this.isCongested(); count += 1) {
      const next = this.waiting?.take();
      if (next === undefined) break;
      this.waitingBytes -= next.shared.bytes;
      this.send(this.frameOf(next));
    }
    this.flush();
    if (!this.isCongested()) this.again();
  }
}
