/** A reader that takes nothing: one that holds back on purpose has more patience than one that is gone. */
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { subprotocols } from '../../codecs/index.js';
import { defaultLimits } from '../../server/index.js';
import { OutgoingFrames } from '../../server/outgoing.js';

/** A reader that takes nothing, with 1,000 bytes that may wait, at a time of 0 ms. */
const stoppedReader = () => {
  let [now, heardAt, isClosed] = [0, 0, false];
  const transport = new Duplex({ read: () => undefined, write: () => undefined });
  const socket = {
    OPEN: 1,
    readyState: 1,
    get bufferedAmount() {
      return transport.writableLength;
    },
  };
  const frames = new OutgoingFrames({
    socket: socket as unknown as WebSocket,
    transport,
    subprotocol: subprotocols.binary,
    limits: { ...defaultLimits, bufferedBytes: 1_000, roomBufferedBytes: 100 },
    turns: { take: () => undefined, takeFirst: () => undefined },
    get heardAt() {
      return heardAt;
    },
    now: () => now,
    tooSlow: () => {
      isClosed = true;
    },
  });
  return {
    /** Writes so many bytes, and says whether the connection is closed for it. */
    write: (bytes: number): boolean => {
      frames.write(Buffer.alloc(bytes));
      return isClosed;
    },
    pass: (ms: number): void => {
      now += ms;
    },
    hear: (): void => {
      heardAt = now;
    },
  };
};

describe('a reader that takes nothing', () => {
  it('is closed if it has said nothing either for 5 s, with more than bufferedBytes', () => {
    const { write, pass } = stoppedReader();
    expect(write(1_001)).toBe(false);
    pass(5_000);
    expect(write(1)).toBe(false);
    pass(1);
    expect(write(1)).toBe(true);
  });

  it('stays as long as it sends something, since then it holds back on purpose', () => {
    const { write, pass, hear } = stoppedReader();
    write(1_001);
    for (let seconds = 0; seconds < 100; seconds += 1) {
      pass(800);
      hear();
      expect(write(1)).toBe(false);
    }
  });

  it('is closed with more than twice as much, also if it sends something', () => {
    const { write, hear } = stoppedReader();
    write(2_001);
    hear();
    expect(write(1)).toBe(true);
  });
});
