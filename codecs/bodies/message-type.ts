/**
 * A message type: its `_lctype` number on the wire, and the conversion between its JSON and the value that users see.
 */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { type Either, isLeft, isRight, left, right } from '../either.js';
import { decodeFailed, type DecodeFailed } from '../decode-failed.js';
import type { JsonObject } from '../json.js';

/** Every typed body has a tag that identifies its type. */
export interface TaggedBody {
  readonly _tag: string;
}

/** Reads and writes JSON text, as `JSON` does. */
export interface MessageJson {
  /** Reads a text. May throw. */
  readonly parse: (text: string) => unknown;
  /** Writes a value. May throw. */
  readonly stringify: (value: unknown) => string | undefined;
}

/**
 * A registered message type. A type of one kind of body can also be used as a type of bodies in general, so one
 * registry can hold types of many kinds.
 */
export interface MessageType<B extends TaggedBody = TaggedBody> {
  /** `_lctype`: negative for the types of the protocol, positive for those of an application. */
  readonly type: number;
  /** The `_tag` of the bodies. */
  readonly tag: B['_tag'];
  /**
   * Reads and writes the text of a message in place of `JSON`. Default: `JSON`, and a message with a number that it
   * would change is `Invalid`.
   */
  readonly json?: MessageJson;
  /** Whether a body is of this type. */
  is(body: TaggedBody): body is B;
  /** Reads the JSON object of a message, including `_lctype`. */
  decode(json: JsonObject): Either<DecodeFailed, B>;
  /** Writes the JSON object of a message. Refuses a body that is not of this type. */
  encode(body: TaggedBody): Either<DecodeFailed, JsonObject>;
}

/** The parts of a message type: the codecs of its two forms, and the two functions that convert between the forms. */
export interface MessageTypeParts<B extends TaggedBody, W> {
  readonly type: number;
  readonly tag: B['_tag'];
  /** The codec of the body that users see. */
  readonly body: t.Type<B, unknown>;
  /** The codec of its JSON. */
  readonly wire: t.Type<W, JsonObject>;
  readonly toBody: (wire: W) => B;
  readonly toWire: (body: B) => W;
}

/** Makes a message type from its parts. */
export const messageType = <B extends TaggedBody, W>({
  type,
  tag,
  body,
  wire,
  toBody,
  toWire,
}: MessageTypeParts<B, W>): MessageType<B> => ({
  type,
  tag,
  is: (value): value is B => value._tag === tag,
  // This runs for every message: if both sides of the codec have the same form, a decode needs only its guard.
  decode: (json) => {
    if (wire.encode === c.identity && wire.is(json)) return right(toBody(json));
    const decoded = wire.decode(json);
    return isRight(decoded) ? right(toBody(decoded.right)) : left(decodeFailed(decoded.left));
  },
  encode: (value) => {
    const valid = body.decode(value);
    return isLeft(valid) ? left(decodeFailed(valid.left)) : right(wire.encode(toWire(valid.right)));
  },
});
