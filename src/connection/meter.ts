/** What goes over a connection, in numbers. */
import { Subject, type Observable } from 'rxjs';
import type { Frame } from '../../codecs/index.js';
import type { Clock } from '../clock.js';

/** How long commands take to be answered, ms. */
export interface RoundTrip {
  readonly last: number;
  /** Smoothed as TCP does it: each answer counts for an eighth. */
  readonly smoothed: number;
}

/** How a connection does; numbers are since the realtime was made. */
export interface ConnectionHealth {
  /** Missing until a command was answered. */
  readonly roundTrip?: RoundTrip;
  /** Attempts to connect again. */
  readonly retries: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Of frames, without what WebSocket and TCP add; a text frame counts its characters. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** When the last frame came, ms since 1970; missing until one has. */
  readonly lastHeardAt?: number;
  /** Commands that wait for their answer. */
  readonly inFlight: number;
  /** Messages in the outboxes of all clients. */
  readonly outbox: number;
}

/** The next round trip, behind the one before. */
export const withRoundTrip = (before: RoundTrip | undefined, last: number): RoundTrip => ({
  last,
  smoothed: before === undefined ? last : before.smoothed + (last - before.smoothed) / 8,
});

/** What is seen of the connection itself. */
type Traffic = Omit<ConnectionHealth, 'inFlight' | 'outbox'>;

/** What has been heard: any frame shows that there is somebody. */
export interface Heard {
  /** How many frames so far. */
  readonly count: () => number;
  /** Hot, no replay: emits as a frame is heard. */
  readonly frame$: Observable<void>;
}

/** Counts in plain numbers: a frame costs two additions, whether somebody watches or not. */
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
    read: () => ({
      ...(roundTrip === undefined ? {} : { roundTrip }),
      retries,
      framesIn,
      framesOut,
      bytesIn,
      bytesOut,
      ...(lastHeardAt === undefined ? {} : { lastHeardAt }),
    }),
  };
};
