/**
 * A message type: what `_lctype` number it has on the wire, and how its JSON there and the value that users see
 * become each other.
 */
import * as t from 'io-ts';
import { type Either, isLeft, isRight, left, right } from '../either.js';
import { decodeFailed, type DecodeFailed } from '../decode-failed.js';
import type { JsonObject } from '../json.js';

/** What every typed body has: a tag to tell it by. */
export interface TaggedBody {
  readonly _tag: string;
}

/**
 * A registered type of message. A type of one kind of body is a type of bodies too, so that types of many kinds make
 * one registry.
 */
export interface MessageType<B extends TaggedBody = TaggedBody> {
  /** `_lctype`: negative for the protocol's own types, positive for an application's. */
  readonly type: number;
  /** `_tag` of the bodies. */
  readonly tag: B['_tag'];
  /** Whether a body is of this type. */
  is(body: TaggedBody): body is B;
  /** Reads the JSON object of a message, `_lctype` included. */
  decode(json: JsonObject): Either<DecodeFailed, B>;
  /** Writes the JSON object of a message; refuses a body that is not of this type. */
  encode(body: TaggedBody): Either<DecodeFailed, JsonObject>;
}

/** The parts of a message type: the codecs of its two forms and the two functions between them. */
export interface MessageTypeParts<B extends TaggedBody, W> {
  readonly type: number;
  readonly tag: B['_tag'];
  /** The body that users see. */
  readonly body: t.Type<B, unknown>;
  /** Its JSON. */
  readonly wire: t.Type<W, JsonObject>;
  readonly toBody: (wire: W) => B;
  readonly toWire: (body: B) => W;
}

/** A message type from its parts. */
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
  // Every message passes here: where both sides of the codec are the same, its guard answers for a decode.
  decode: (json) => {
    if (wire.encode === t.identity && wire.is(json)) return right(toBody(json));
    const decoded = wire.decode(json);
    return isRight(decoded) ? right(toBody(decoded.right)) : left(decodeFailed(decoded.left));
  },
  encode: (value) => {
    const valid = body.decode(value);
    return isLeft(valid) ? left(decodeFailed(valid.left)) : right(wire.encode(toWire(valid.right)));
  },
});
