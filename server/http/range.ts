/** Parts of a file (RFC 9110, `Range`). */

/** The first and the last byte of a part, counted from 0. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/**
 * The part that a header asks for: `whole` if there is none, or if it asks for several parts or can't be read;
 * `unsatisfiable` if it lies beyond the end.
 */
export const partOf = (header: string, size: number): Part | 'whole' | 'unsatisfiable' => {
  const [, first = '', last = ''] = /^bytes *= *(\d{0,15}) *- *(\d{0,15}) *$/i.exec(header) ?? [];
  if (first === '' && last === '') return 'whole';
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'whole';
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
};

/** Whether a list of tags has this one, or is `*`. Tags are compared without `W/`. */
export const hasTag = (list: string, tag: string): boolean =>
  list.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
