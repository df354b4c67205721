/** Errors of SQLite say what is wrong, but not where, nor what to do. */

/** By the primary result code of SQLite. */
const ADVICE: Readonly<Record<number, string>> = {
  5: 'another program uses it; end that one first',
  8: 'this user needs the right to write there',
  10: 'the disk may be broken',
  11: 'it is damaged; restore a backup',
  13: 'make room, and try again',
  14: 'the directory has to be there, and this user needs the right to write to it',
  26: 'it is damaged, or something else has its name; restore a backup',
};

/** The primary result code of SQLite, which is in the lowest byte; undefined if it is another error. */
export const sqliteCode = (error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined;
  const code = 'errcode' in error ? error.errcode : 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code & 255 : undefined;
};

/** The error with the place to which it belongs, and with advice. `place`: a path. Errors of files have theirs. */
export const located = (place: string, error: unknown): unknown => {
  const code = sqliteCode(error);
  if (!(error instanceof Error) || (code === undefined && 'code' in error && error.code !== undefined)) return error;
  const advice = code === undefined ? undefined : ADVICE[code];
  const text = error.message.startsWith(place) ? error.message : `${place}: ${error.message}`;
  return new Error(advice === undefined ? text : `${text}; ${advice}`, { cause: error });
};
