/** Ids of messages. */
import { randomIds } from '../../random-ids.js';

/** In the order of their codes, so that ids are ordered by time. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
/** Digits of a time in ms: enough until the year 10889. */
const LENGTH = 8;

const digitsOf = (time: number): string => {
  let [rest, digits] = [Math.max(0, Math.floor(time)), ''];
  for (let place = 0; place < LENGTH; place += 1) {
    digits = (DIGITS[rest % DIGITS.length] ?? '') + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
};

/** The time with which an id begins, ms since 1970; undefined if it has none. It may be of another server. */
export const timeInId = (id: string): number | undefined => {
  if (id.length < LENGTH) return undefined;
  let time = 0;
  for (let place = 0; place < LENGTH; place += 1) {
    const digit = DIGITS.indexOf(id.charAt(place));
    if (digit === -1) return undefined;
    time = time * DIGITS.length + digit;
  }
  return time;
};

/** Whether an id begins with this time: it may have been rounded. NULL if not. */
export const hasTime = (id: string, time: number): true | undefined => timeInId(id) === time || undefined;

/** 80 bits that nobody can guess. */
const secrets = randomIds(10);

/**
 * Makes ids that begin with the time and end with what nobody can guess. New ones are beside each other in the index of
 * a database: random ones would change as many of its pages as there are messages.
 */
export const messageIds = (): ((time: number) => string) => {
  let known = { time: NaN, digits: '' };
  return (time) => {
    if (time !== known.time) known = { time, digits: digitsOf(time) };
    return known.digits + secrets();
  };
};
