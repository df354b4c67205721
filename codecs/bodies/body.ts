/** Message bodies, by a registry from type number to message type. Reading one never fails: what can't be understood is a body that says so. */
import { either as E, function as F, json as J } from 'fp-ts';
import * as t from 'io-ts';
import { DecodeFailed, preview } from '../decode-failed.js';
import { JsonObject, parseJson } from '../json.js';
import { record } from '../record.js';
import type { MessageType, TaggedBody } from './message-type.js';
import { TextType, type Text } from './text.js';
import type { WireBody } from './wire-body.js';

/** Text that is no typed message: any string, other JSON included. */
export interface Plain {
  readonly _tag: 'Plain';
  readonly content: string;
}

/** A typed message of a number that nobody registered. */
export interface Unknown {
  readonly _tag: 'Unknown';
  readonly type: number;
  /** The body as it came. */
  readonly raw: string;
}

/** A message of a registered type whose content its codec refuses, or bytes where text belongs. */
export interface Invalid {
  readonly _tag: 'Invalid';
  /** The body as it came. */
  readonly raw: string | Uint8Array;
  readonly failure: DecodeFailed;
}

/** The bodies that a message of these types can have: theirs, and what is none of theirs. */
export type BodyOf<B extends TaggedBody> = B | Plain | Unknown | Invalid;

/** Every body a message can have; `_tag` tells them apart. */
export type Body = BodyOf<Text>;

/** What can be sent. */
export type OutgoingBody = Text | Plain;

/** A plain string as a body. */
export const plain = (content: string): Plain => Object.freeze({ _tag: 'Plain', content });

/** Reads and writes the bodies of a set of message types. */
export interface BodyCodec<B extends TaggedBody = Text> {
  /** Total: an unregistered type is `Unknown`, a refused one is `Invalid`. */
  decode(wire: WireBody): BodyOf<B>;
  /**
   * Refuses a body that is not what its tag says, or that can't be written: JSON has no cycles, and UTF-8 has no half of a surrogate pair
   * (what is left where an emoji was cut in two).
   */
  encode(body: B | Plain): E.Either<DecodeFailed, WireBody>;
}

/** The types of the protocol itself. */
export const builtInTypes = [TextType] as const;

/** The bodies that a registry of message types is for. */
type Registered<M> = M extends MessageType<infer B> ? B : never;

const PlainBody = record('Plain', { _tag: t.literal('Plain'), content: t.string }, {});

const startsObject = /^\s*\{/;

const loneSurrogate = /[\ud800-\udfff]/u;

/** In JSON.stringify's output, where lone surrogates are escaped and no others: `\ud800` to `\udfff` after an even number of backslashes. */
const escapedSurrogate = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

const wellFormed =
  (path: string, refused: RegExp) =>
  (written: string): E.Either<DecodeFailed, string> =>
    refused.test(written) ? E.left(new DecodeFailed(path, 'text without half a surrogate pair', preview(written))) : E.right(written);

/**
 * The body codec over a set of message types, by default the protocol's own; looked up by number, so that their count costs nothing.
 *
 * @example
 * const bodies = bodyCodec([...builtInTypes, SongType]);
 */
export function bodyCodec(): BodyCodec;
export function bodyCodec<T extends readonly MessageType[]>(types: T): BodyCodec<Registered<T[number]>>;
export function bodyCodec(types: readonly MessageType[] = builtInTypes): BodyCodec<TaggedBody> {
  const byNumber = new Map(types.map((type) => [type.type, type]));
  const byTag = new Map(types.map((type) => [type.tag, type]));

  const decodeText = (raw: string): BodyOf<TaggedBody> => {
    if (!startsObject.test(raw)) return plain(raw);
    const json = parseJson(raw);
    if (E.isLeft(json) || !JsonObject.is(json.right)) return plain(raw);
    const { _lctype: number } = json.right;
    if (typeof number !== 'number') return plain(raw);
    const type = byNumber.get(number);
    if (type === undefined) return { _tag: 'Unknown', type: number, raw };
    const body = type.decode(json.right);
    return E.isRight(body) ? body.right : { _tag: 'Invalid', raw, failure: body.left };
  };

  const toText = (body: TaggedBody): E.Either<DecodeFailed, string> => {
    if (PlainBody.is(body)) return wellFormed('content', loneSurrogate)(body.content);
    const type = byTag.get(body._tag);
    if (type === undefined) return E.left(new DecodeFailed('_tag', 'the tag of a registered type', preview(body._tag)));
    return F.pipe(
      type.encode(body),
      E.chain((json) =>
        F.pipe(
          J.stringify(json),
          E.mapLeft(() => new DecodeFailed('', 'a body that JSON can hold', preview(json))),
        ),
      ),
      E.chain(wellFormed('', escapedSurrogate)),
    );
  };

  return {
    decode: ({ msg = '', binaryMsg }) =>
      binaryMsg === undefined
        ? decodeText(msg)
        : { _tag: 'Invalid', raw: binaryMsg, failure: new DecodeFailed('msg', 'text', preview(binaryMsg)) },
    encode: (body) =>
      F.pipe(
        toText(body),
        E.map((msg) => ({ msg })),
      ),
  };
}
