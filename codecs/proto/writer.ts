/** Writes plain objects as protobuf bytes, using a table. */
import { isObject, SIZED, type Field, type Message } from './schema.js';

/** The maximum number of bytes of an integer. */
const INTEGER = 10;

/** How much memory is allocated at a time, for many messages. Allocation would otherwise take the most time. */
const POOL_SIZE = 8_192;

/** The unused part of this memory. */
let pool = new Uint8Array(0);

/** The number of bytes that a length takes. */
const sizeOf = (length: number): number => {
  let size = 1;
  for (let rest = length; rest > 127; rest >>>= 7) size += 1;
  return size;
};

class Writer {
  private bytes = pool;
  private at = 0;

  /** Makes room for `size` more bytes. */
  private reserve(size: number): void {
    const needed = this.at + size;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(POOL_SIZE, 2 * this.bytes.length, needed));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  /**
   * Writes an integer in 64-bit two's complement. The room must be reserved already. A negative integer takes ten
   * bytes.
   */
  private integer(value: number): void {
    let low = value >>> 0;
    let high = low === value ? 0 : Math.floor(value / 2 ** 32) >>> 0;
    while (high > 0 || low > 127) {
      this.bytes[this.at++] = low | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.bytes[this.at++] = low;
  }

  /** Writes text as UTF-8. A lone surrogate, which UTF-8 can't encode, is written as a replacement character. */
  private text(text: string): void {
    this.reserve(3 * text.length);
    const { bytes } = this;
    let { at } = this;
    for (let index = 0; index < text.length; index += 1) {
      let unit = text.charCodeAt(index);
      if (unit < 0x80) {
        bytes[at++] = unit;
        continue;
      }
      if (unit < 0x8_00) bytes[at++] = 0xc0 | (unit >> 6);
      else {
        if (unit >= 0xd8_00 && unit < 0xe0_00) unit = text.codePointAt(index) ?? 0;
        if (unit > 0xff_ff) {
          index += 1;
          bytes[at++] = 0xf0 | (unit >> 18);
          bytes[at++] = 0x80 | ((unit >> 12) & 63);
        } else {
          if (unit >= 0xd8_00 && unit < 0xe0_00) unit = 0xff_fd;
          bytes[at++] = 0xe0 | (unit >> 12);
        }
        bytes[at++] = 0x80 | ((unit >> 6) & 63);
      }
      bytes[at++] = 0x80 | (unit & 63);
    }
    this.at = at;
  }

  /**
   * Writes a value with its length before it. The room reserved for the length fits plain ASCII or a short message.
   * If it does not fit, the value is moved.
   */
  private sized({ message }: Field, value: unknown): void {
    const room = typeof value === 'string' ? sizeOf(value.length) : 1;
    this.reserve(room);
    const start = this.at;
    this.at += room;
    if (typeof value === 'string') this.text(value);
    else if (value instanceof Uint8Array) {
      this.reserve(value.length);
      this.bytes.set(value, this.at);
      this.at += value.length;
    } else if (message !== undefined && isObject(value)) this.message(message, value);
    const length = this.at - start - room;
    const size = sizeOf(length);
    if (size !== room) {
      this.reserve(size);
      this.bytes.copyWithin(start + size, start + room, this.at);
    }
    this.at = start;
    this.integer(length);
    this.at += length;
  }

  private field(field: Field, value: unknown): void {
    this.reserve(2 * INTEGER);
    this.integer(field.number * 8 + field.wireType);
    if (field.wireType === SIZED) this.sized(field, value);
    else this.integer(Number(field.names?.numbers.get(value) ?? value));
  }

  message({ byName }: Message, message: Readonly<Record<string, unknown>>): void {
    // Few fields are present, and they are mostly in this order.
    const present: Field[] = [];
    for (const name of Object.keys(message)) {
      const field = byName.get(name);
      if (field === undefined) continue;
      let index = present.length;
      while (index > 0) {
        const before = present[index - 1];
        if (before === undefined || before.number < field.number) break;
        present[index] = before;
        index -= 1;
      }
      present[index] = field;
    }
    for (const field of present) {
      const value = message[field.name];
      if (value === undefined || value === null) continue;
      if (field.isList && Array.isArray(value)) for (const item of value) this.field(field, item);
      else this.field(field, value);
    }
  }

  finish(): Uint8Array {
    const { bytes, at } = this;
    // A larger message gets its own memory of exactly its size.
    if (bytes.length > POOL_SIZE) return bytes.slice(0, at);
    pool = bytes.subarray(at);
    return bytes.subarray(0, at);
  }
}

/** Writes the fields that are present, in the order of their numbers. An empty list is not written. */
export const writeMessage = (schema: Message, message: object): Uint8Array => {
  const writer = new Writer();
  writer.message(schema, { ...message });
  return writer.finish();
};
