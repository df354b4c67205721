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
import { createPriorityQueue } from './priority-queue.js';
import { addresseeBytes, type SharedFrame } from './shared-frame.js';
import { noDrops, plus, withOne, type Drops } from './stats.js';
import type { Turns } from './turns.js';
import type { WireFrame } from './wire-frame.js';

/** A push for a client. Its frame is made when it is written, so a dropped push costs nothing. */
interface Offer {
  readonly shared: SharedFrame;
  readonly clientId: string;
}

export interface OutgoingFrames {
  /** Writes a frame that nobody has asked for; it is never dropped. */
  readonly write: (frame: WireFrame) => void;
  /** The same, with a push for a client. */
  readonly push: (offer: Offer) => void;
  /**
   * Writes an answer. Answers are counted apart, so a long one does not end the connection of its reader. Whoever
   * writes answers has to wait for `room` between them.
   */
  readonly answer: (frame: WireFrame) => void;
  /**
   * Resolves when the reader has taken most of its answers; undefined if it has. If it takes nothing for some time,
   * `tooSlow` is called.
   */
  readonly room: () => Promise<void> | undefined;
  /**
   * Queues a frame until it is this socket's turn. If too many frames wait, one is dropped: low ones first, then
   * normal ones, never high ones.
   */
  readonly offer: (offer: Offer, priority: RoomPriority) => void;
  /** Counts messages that were dropped before they came here. */
  readonly missed: (drops: Drops) => void;
  readonly pressure: () => {
    readonly queued: number;
    readonly bufferedBytes: number;
    readonly dropped: Drops;
    readonly isCongested: boolean;
  };
}

export interface OutgoingOptions {
  readonly socket: WebSocket;
  /** The network connection below the socket. */
  readonly transport: Duplex;
  readonly subprotocol: Subprotocol;
  readonly limits: Limits;
  readonly turns: Turns;
  /** Called when more than `limits.bufferedBytes` wait and the reader does not take them. */
  readonly tooSlow: () => void;
  /** When the client has sent something last, by `now`. */
  readonly heardAt: () => number;
  /** The monotonic clock, ms. */
  readonly now?: () => number;
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

export const outgoingFrames = ({
  socket,
  transport,
  subprotocol,
  limits,
  turns,
  tooSlow,
  heardAt,
  now = () => performance.now(),
}: OutgoingOptions): OutgoingFrames => {
  const waiting = createPriorityQueue<Offer>(limits.roomQueue);
  let dropped = noDrops;
  let waitingBytes = 0;
  /** Bytes of answers that have not been written to the network yet. */
  let answerBytes = 0;
  /** When the reader last took something, or had nothing to take. */
  let takenAt = now();
  let wake: (() => void) | undefined;
  /** Frames wait until the end of the turn. */
  let isJoining = false;
  /** What waits on purpose must not look like a reader that is too slow. */
  const joined = Math.min(JOINED, limits.bufferedBytes, limits.roomBufferedBytes);
  /** The client whose push was written last, and its id as bytes: most sockets have one client. */
  let [lastClientId, lastAddressee] = ['', addresseeBytes('')];

  const isCongested = (): boolean => socket.bufferedAmount > limits.roomBufferedBytes;

  const again = (): void => {
    takenAt = now();
    if (waiting.size() > 0) turns.take(turn);
  };

  const isStuck = (): boolean => isCongested() && now() - takenAt > IDLE && now() - heardAt() > HOLDING;

  /** Whether so much waits that the connection has to end. */
  const isTooMuch = (bytes: number): boolean =>
    bytes > BURST * limits.bufferedBytes || (bytes > limits.bufferedBytes && isStuck());

  const flush = (): void => {
    if (!isJoining) return;
    isJoining = false;
    transport.uncork();
  };

  /**
   * Writes a frame, together with all others of this turn. A binary frame has its header, so it goes past `ws` to the
   * connection: `ws` would write both apart. It is in order with what `ws` writes, which goes to the connection at
   * once, since nothing is compressed.
   */
  const put = (frame: WireFrame, written?: () => void): void => {
    if (!isJoining) {
      isJoining = true;
      transport.cork();
      turns.takeFirst(flush);
    }
    if (typeof frame === 'string') socket.send(frame, written);
    else transport.write(frame, written);
    if (transport.writableLength > joined) flush();
  };

  /** Sends a frame. If it fills the buffer, the turn is taken again when the frame has been written. */
  const send = (frame: WireFrame): void => {
    put(frame, socket.bufferedAmount + frame.length > limits.roomBufferedBytes ? again : undefined);
  };

  const frameOf = ({ shared, clientId }: Offer): WireFrame => {
    if (clientId !== lastClientId) [lastClientId, lastAddressee] = [clientId, addresseeBytes(clientId)];
    return shared.to(lastAddressee, subprotocol);
  };

  const write = (frame: WireFrame): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (isTooMuch(socket.bufferedAmount - answerBytes)) tooSlow();
    else send(frame);
  };

  const turn = (): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (!isCongested()) takenAt = now();
    for (let count = 0; count < PER_TURN && !isCongested(); count += 1) {
      const next = waiting.take();
      if (next === undefined) break;
      waitingBytes -= next.shared.bytes;
      send(frameOf(next));
    }
    flush();
    if (!isCongested()) again();
  };

  return {
    write,
    push: (offer) => {
      if (socket.readyState === socket.OPEN) write(frameOf(offer));
    },
    answer: (frame) => {
      if (socket.readyState !== socket.OPEN) return;
      answerBytes += frame.length;
      put(frame, () => {
        answerBytes -= frame.length;
        again();
        if (answerBytes <= limits.bufferedBytes) wake?.();
      });
    },
    room: () => {
      if (answerBytes <= limits.bufferedBytes || socket.readyState !== socket.OPEN) return undefined;
      return new Promise((resolve) => {
        let before = takenAt;
        const stall = setInterval(() => {
          if (takenAt === before) tooSlow();
          before = takenAt;
        }, timerTime(limits.answerTimeout));
        const done = (): void => {
          clearInterval(stall);
          socket.off('close', done);
          wake = undefined;
          resolve();
        };
        wake = done;
        socket.once('close', done);
      });
    },
    offer: (offer, priority) => {
      if (socket.readyState !== socket.OPEN) return;
      const gone = waiting.add(offer, priority);
      waitingBytes += offer.shared.bytes;
      if (gone !== undefined) {
        waitingBytes -= gone.item.shared.bytes;
        dropped = withOne(dropped, gone.priority);
      }
      if (isTooMuch(waitingBytes)) tooSlow();
      else if (!isCongested()) turns.take(turn);
    },
    missed: (drops) => {
      dropped = plus(dropped, drops);
    },
    pressure: () => ({
      queued: waiting.size(),
      bufferedBytes: socket.bufferedAmount,
      dropped,
      isCongested: isCongested(),
    }),
  };
};
