/** A stamp in each message of `bench/room.ts`. A receiver finds it in the bytes without decoding them. */
import { text, type Text } from 'rx-realtime/codecs';

export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

const MARK = Buffer.from('@@');
const NUMBER = 8;
const TIME = 16;
const FILLING = 'bullets fly over the film, and everybody sees them fly. '.repeat(2);

/** The time in microseconds, by a clock that all processes of this machine share. */
export const now = (): number => Math.round(Number(process.hrtime.bigint()) / 1_000);

/** A text of about 150 bytes: a priority, a number and the time. */
export const stamped = (priority: Priority, number: number): Text =>
  text(
    `@@${PRIORITIES.indexOf(priority)}${String(number).padStart(NUMBER, '0')}${String(now()).padStart(TIME, '0')}${FILLING}`,
  );

export interface Stamp {
  readonly priority: Priority;
  readonly number: number;
  /** Microseconds. */
  readonly sentAt: number;
}

const digits = (bytes: Buffer, start: number, length: number): number => {
  let value = 0;
  for (let index = start; index < start + length; index += 1) value = value * 10 + (bytes[index] ?? 48) - 48;
  return value;
};

/** The stamp in a frame; undefined if it has none. */
export const stampOf = (bytes: Buffer): Stamp | undefined => {
  const start = bytes.indexOf(MARK);
  if (start < 0) return undefined;
  const at = start + MARK.length;
  const priority = PRIORITIES[digits(bytes, at, 1)];
  return priority === undefined
    ? undefined
    : { priority, number: digits(bytes, at + 1, NUMBER), sentAt: digits(bytes, at + 1 + NUMBER, TIME) };
};
