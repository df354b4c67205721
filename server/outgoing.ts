/** What goes out on one socket: at once while its reader keeps up, and by priority where it does not. */
import type { WebSocket } from 'ws';
import type { Priority } from './bus.js';
import type { Limits } from './options.js';
import { createPriorityQueue } from './priority-queue.js';

/** Messages of chat rooms that a slow reader did not get. */
export interface Drops {
  readonly normal: number;
  readonly low: number;
}

export interface OutgoingFrames {
  /** Writes a frame, which nobody drops. */
  readonly write: (frame: Uint8Array | string) => void;
  /** Writes a frame that gives way where the reader is slow: low before normal; high ones wait. */
  readonly offer: (frame: Uint8Array | string, priority: Priority) => void;
  /** So many frames wait. */
  readonly queued: () => number;
  readonly dropped: () => Drops;
}

const LOW = 3;

/** `tooSlow` hears when more than `limits.bufferedBytes` wait. */
export const outgoingFrames = (socket: WebSocket, limits: Limits, tooSlow: () => void): OutgoingFrames => {
  const waiting = createPriorityQueue<Uint8Array | string>(limits.roomQueue);
  const dropped = { normal: 0, low: 0 };
  let waitingBytes = 0;

  const isCongested = (): boolean => socket.bufferedAmount > limits.roomBufferedBytes;

  /** Whoever fills the buffer hears when it is empty again. */
  const send = (frame: Uint8Array | string): void => {
    if (socket.bufferedAmount + frame.length > limits.roomBufferedBytes) socket.send(frame, drain);
    else socket.send(frame);
  };

  const drain = (): void => {
    while (waiting.size() > 0 && socket.readyState === socket.OPEN && !isCongested()) {
      const frame = waiting.take();
      if (frame === undefined) return;
      waitingBytes -= frame.length;
      send(frame);
    }
  };

  const write = (frame: Uint8Array | string): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > limits.bufferedBytes) tooSlow();
    else send(frame);
  };

  return {
    write,
    offer: (frame, priority) => {
      if (socket.readyState !== socket.OPEN) return;
      if (waiting.size() === 0 && !isCongested()) {
        send(frame);
        return;
      }
      const gone = waiting.add(frame, priority);
      waitingBytes += frame.length;
      if (gone !== undefined) {
        waitingBytes -= gone.item.length;
        dropped[gone.priority === LOW ? 'low' : 'normal'] += 1;
      }
      if (waitingBytes > limits.bufferedBytes) tooSlow();
    },
    queued: waiting.size,
    dropped: () => ({ ...dropped }),
  };
};
