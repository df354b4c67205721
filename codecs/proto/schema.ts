/** The table of the messages, in the form that the reader and the writer need. */

/** The wire type of integers. */
export const VARINT = 0;
/** The wire type of values with a length. */
export const SIZED = 2;

/**
 * How a value is written: `s` text, `i` 32-bit integer, `l` 64-bit integer, `b` boolean, `y` bytes, `e` one of the
 * numbers 1 and 2, `c` a command by name, `o` an operation by name. A capital letter stands for a message.
 */
export interface Field {
  readonly name: string;
  readonly number: number;
  readonly kind: string;
  readonly wireType: typeof VARINT | typeof SIZED;
  readonly isList: boolean;
  /** The fields of its message, if its value is a message. */
  readonly message: Message | undefined;
  /** The names of its numbers, if they have names. */
  readonly names: Names | undefined;
}

/** The fields of a message. */
export interface Message {
  readonly byName: ReadonlyMap<string, Field>;
  readonly byNumber: readonly (Field | undefined)[];
}

/** Numbers and their names. */
interface Names {
  readonly numbers: ReadonlyMap<unknown, number>;
  readonly names: ReadonlyMap<unknown, string>;
}

/** Whether the value is an object with keys. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * Reads the names of numbers. Each name follows the difference to the previous number, which is left out if it is 1.
 * The first number counts from -1.
 */
const parseNames = (table: string): Names => {
  const numbers = new Map<unknown, number>();
  const names = new Map<unknown, string>();
  let number = -1;
  for (const [, step, name = ''] of table.matchAll(/(\d*)(\w+)/g)) {
    number += Number(step) || 1;
    numbers.set(name, number);
    names.set(number, name);
  }
  return { numbers, names };
};

/**
 * Reads a table. Messages are separated by semicolons; the first one contains the others. A field consists of the
 * difference to the previous number (left out if it is 1), `*` for a list, one letter for its kind (`A` is the first
 * message), and its name.
 */
export const parseSchema = (messages: string, commands: string, operations: string): Message => {
  const named = new Map([
    ['c', parseNames(commands)],
    ['o', parseNames(operations)],
  ]);
  const lines = messages
    .split(';')
    .map((line) => ({ line, byName: new Map<string, Field>(), byNumber: [] as Field[] }));
  for (const { line, byName, byNumber } of lines) {
    let number = 0;
    for (const [, step, list, kind = '', name = ''] of line.matchAll(/(\d*)(\*?)(\w)(\w+)/g)) {
      number += Number(step) || 1;
      const wireType = /[A-Zsy]/.test(kind) ? SIZED : VARINT;
      const message = lines[kind.charCodeAt(0) - 65];
      const field: Field = { name, number, kind, wireType, isList: list !== '', message, names: named.get(kind) };
      byName.set(name, field);
      byNumber[number] = field;
    }
  }
  return lines[0] ?? { byName: new Map(), byNumber: [] };
};
