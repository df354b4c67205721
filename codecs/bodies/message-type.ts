/** A message type: what `_lctype` number it has on the wire, and the codec between the wire's object and the value that users see. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import type { JsonObject } from '../json.js';

/** What every typed body has: a tag to tell it by. */
export interface TaggedBody {
  readonly _tag: string;
}

/** A registered type of message. `codec` reads and writes the JSON object on the wire, `_lctype` included. */
export interface MessageType<B extends TaggedBody = TaggedBody> {
  /** `_lctype`: negative for the protocol's own types, positive for an application's. */
  readonly type: number;
  /** `_tag` of the bodies. */
  readonly tag: B['_tag'];
  readonly codec: t.Type<B, JsonObject>;
}

/** A message type from the codec of its wire form and the two functions between that and the body. */
export const messageType = <W, B extends TaggedBody>(
  tag: B['_tag'],
  type: number,
  wire: t.Type<W, JsonObject>,
  toBody: (wire: W) => B,
  toWire: (body: B) => W,
): MessageType<B> => ({
  type,
  tag,
  codec: new t.Type<B, JsonObject>(
    tag,
    (input): input is B => typeof input === 'object' && input !== null && (input as { _tag?: unknown })._tag === tag,
    (input, context) => (wire.is(input) ? t.success(toBody(input)) : E.map(toBody)(wire.validate(input, context))),
    (body) => wire.encode(toWire(body)),
  ),
});
