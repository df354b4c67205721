/** Reads protobuf bytes into plain objects, using a table. */
import { isObject, SIZED, VARINT, type Field, type Message } from './schema.js';
import { readInterned } from './interned.js';
import { readText } from './utf8.js';

/** The maximum nesting of groups that are skipped. The schema has no groups. */
const MAX_DEPTH = 100;

/** The limits of a tag or a length: they are 32-bit integers. */
const MAX_BYTES = 5;
const MAX_VALUE = 0xff_ff_ff_ff;

/** Wire types that the schema does not use. */
const FIXED_64 = 1;
const GROUP = 3;
const FIXED_32 = 5;

/**
 * The bytes are malformed. The error gives no details, because an error about an unreadable frame shows only a
 * preview of the frame.
 */
const refuse = (): never => {
  throw new RangeError('malformed');
};

/** Reads one frame. Throws if it is malformed. The result does not reference the bytes. */
export class Reader {
  /** The position of the next byte. */
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Reads the next byte. */
  private byte(): number {
    return this.bytes[this.at++] ?? refuse();
  }

  /** Reads an integer of up to 64 bits. It is rounded if a number can't hold it exactly. */
  integer(): number {
    let low = this.byte();
    if (low < 128) return low;
    low &= 127;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 127) << shift;
      if (byte < 128) return low;
    }
    // The value is read in parts of 28 bits, because bitwise operators work on 32 bits.
    let middle = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      middle |= (byte & 127) << shift;
      if (byte < 128) return middle * 0x10_00_00_00 + low;
    }
    const high = this.byte();
    const sign = high < 128 ? 0 : this.byte();
    if (sign > 127) refuse();
    return ((((high & 127) | ((sign & 1) << 7)) << 24) >> 24) * 2 ** 56 + middle * 0x10_00_00_00 + low;
  }

  /** Reads a tag or a length. */
  small(): number {
    const first = this.bytes[this.at];
    if (first !== undefined && first < 128) {
      this.at += 1;
      return first;
    }
    const start = this.at;
    const value = this.integer();
    return value > MAX_VALUE || this.at - start > MAX_BYTES ? refuse() : value;
  }

  /** Skips `length` bytes and returns the position where they start. */
  private pass(length: number, end: number): number {
    const start = this.at;
    this.at += length;
    return this.at > end ? refuse() : start;
  }

  /** Skips a field that is not in the table. */
  private skip(tag: number, end: number, depth: number): void {
    if (tag < 8 || depth > MAX_DEPTH) refuse();
    const wireType = tag & 7;
    if (wireType === VARINT) this.integer();
    else if (wireType === SIZED) this.pass(this.small(), end);
    else if (wireType === FIXED_64) this.pass(8, end);
    else if (wireType === FIXED_32) this.pass(4, end);
    else if (wireType === GROUP) {
      for (let inner = this.small(); inner !== tag + 1; inner = this.small()) this.skip(inner, end, depth + 1);
    } else refuse();
  }

  /** Reads the value that ends at `stop`. */
  private sized({ kind, message }: Field, stop: number): unknown {
    if (message !== undefined) return this.message(message, stop, {});
    if (kind === 's') return this.text(stop);
    const start = this.at;
    this.at = stop;
    return new Uint8Array(this.bytes.subarray(start, stop));
  }

  /** Reads the text that ends at `stop`. */
  text(stop: number): string {
    const start = this.at;
    this.at = stop;
    return readText(this.bytes, start, stop);
  }

  /** Reads the text that ends at `stop`, which comes again and again. */
  id(stop: number): string {
    const start = this.at;
    this.at = stop;
    return readInterned(this.bytes, start, stop);
  }

  /** Reads the fields up to `end` into own keys of `target`. */
  message({ byNumber }: Message, end: number, target: Record<string, unknown>): Record<string, unknown> {
    while (this.at < end) {
      const tag = this.small();
      const field = byNumber[tag >>> 3];
      if (field === undefined) {
        this.skip(tag, end, 0);
        continue;
      }
      if ((tag & 7) !== field.wireType) refuse();
      const { name, kind } = field;
      if (field.wireType === SIZED) {
        const stop = this.small() + this.at;
        if (stop > end) refuse();
        if (field.isList) {
          const list = (target[name] ??= []);
          if (Array.isArray(list)) list.push(this.sized(field, stop));
        } else if (field.message === undefined) target[name] = this.sized(field, stop);
        else {
          // Several parts of a sub-message are merged into one.
          const before = target[name];
          target[name] = this.message(field.message, stop, isObject(before) ? before : {});
        }
      } else {
        const value = this.integer();
        if (kind === 'l') target[name] = value;
        else if (kind === 'b') target[name] = value !== 0;
        else if (!Number.isSafeInteger(value)) refuse();
        // A number of kind `e` other than 1 and 2 comes from a newer schema. It is skipped.
        else if (kind !== 'e' || value === 1 || value === 2) target[name] = field.names?.names.get(value) ?? value | 0;
      }
    }
    return this.at > end ? refuse() : target;
  }
}

/**
 * Reads a message. The result has own keys only for fields that are present, and does not reference the bytes. Throws
 * if the bytes are not a message.
 */
export const readMessage = (schema: Message, bytes: Uint8Array): Record<string, unknown> =>
  new Reader(bytes).message(schema, bytes.length, {});
