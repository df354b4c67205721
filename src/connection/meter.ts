/** Counts what goes over a connection. */
import { Subject, type Observable } from 'rxjs';
import { defined } from '../../codecs/defined.js';
import type { Frame } from '../../codecs/index.js';
import type { Clock } from '../clock.js';

/** The time from writing a command to its answer, ms. The time for which the socket was paused does not count. */
export interface RoundTrip {
  /** The last one. */
  readonly last: number;
  /** Smoothed as in TCP: each new value counts for one eighth. */
  readonly smoothed: number;
}

/** The health of a connection. Counts start when the realtime is created. */
export interface ConnectionHealth {
  /** Missing until the first command was answered. */
  readonly roundTrip?: RoundTrip;
  /** Number of attempts to reconnect. */
  readonly retries: number;
  /** Number of frames that have arrived. */
  readonly framesIn: number;
  /** Number of frames that were sent. */
  readonly framesOut: number;
  /** Bytes of the frames, without the overhead of WebSocket and TCP. A text frame counts its characters. */
  readonly bytesIn: number;
  /** Bytes of the sent frames, counted as `bytesIn`. */
  readonly bytesOut: number;
  /** When the last frame arrived, ms since 1970. Missing until the first one. */
  readonly lastHeardAt?: number;
  /** Number of commands that wait for their answer. */
  readonly inFlight: number;
  /**
   * Number of messages in the outboxes of all clients. Missing while a client is still reading what its storage has
   * kept.
   */
  readonly outbox?: number;
}

/** The round trip after a new measurement. */
export const withRoundTrip = (before: RoundTrip | undefined, last: number): RoundTrip => ({
  last,
  smoothed: before === undefined ? last : before.smoothed + (last - before.smoothed) / 8,
});

/** The part of the health that the connection itself counts. */
type Traffic = Omit<ConnectionHealth, 'inFlight' | 'outbox'>;

/** What has been heard: any frame shows that the peer is alive. */
export interface Heard {
  /** The number of frames so far. */
  readonly count: () => number;
  /** Hot, no replay: emits when a frame is heard. */
  readonly frame$: Observable<void>;
}

/** Counts in plain numbers: a frame costs two additions, even if nobody subscribes to the health. */
export interface Meter {
  readonly heard: Heard;
  /** The one notice of a frame that has come. */
  readonly received: (frame: Frame) => void;
  readonly sent: (frame: Frame) => void;
  readonly answered: (ms: number) => void;
  readonly retried: () => void;
  readonly read: () => Traffic;
}

const sizeOf = (frame: Frame): number => (typeof frame === 'string' ? frame.length : frame.byteLength);

export const createMeter = ({ now }: Pick<Clock, 'now'>): Meter => {
  let [retries, framesIn, framesOut, bytesIn, bytesOut] = [0, 0, 0, 0, 0];
  let lastHeardAt: number | undefined;
  let roundTrip: RoundTrip | undefined;
  const frames = new Subject<void>();
  return {
    heard: { count: () => framesIn, frame$: frames.asObservable() },
    received: (frame) => {
      framesIn += 1;
      bytesIn += sizeOf(frame);
      lastHeardAt = now();
      if (frames.observed) frames.next();
    },
    sent: (frame) => {
      framesOut += 1;
      bytesOut += sizeOf(frame);
    },
    answered: (ms) => {
      roundTrip = withRoundTrip(roundTrip, ms);
    },
    retried: () => {
      retries += 1;
    },
    read: () => defined({ roundTrip, retries, framesIn, framesOut, bytesIn, bytesOut, lastHeardAt }),
  };
};
