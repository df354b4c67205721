/**
 * Message bodies, by a registry from type number to message type. Reading one never fails: what can't be understood
 * is a body that says so.
 */
import { chain, isLeft, isRight, left, map, right, type Either } from '../either.js';
import * as t from 'io-ts';
import { DecodeFailed, preview } from '../decode-failed.js';
import { JsonObject, parseJson } from '../json.js';
import { Bytes } from '../primitives.js';
import { record } from '../record.js';
import type { Custom } from './define-message.js';
import { LocationType, type Location } from './location.js';
import {
  AudioType,
  FileType,
  ImageType,
  VideoType,
  type Audio,
  type FileMessage,
  type Image,
  type Video,
} from './media.js';
import type { MessageType, TaggedBody } from './message-type.js';
import { RecalledType, type Recalled } from './recalled.js';
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

/** Bytes. */
export interface Binary {
  readonly _tag: 'Binary';
  readonly bytes: Uint8Array;
}

/** A message of a registered type whose content its codec refuses. */
export interface Invalid {
  readonly _tag: 'Invalid';
  readonly type: number;
  /** The body as it came. */
  readonly raw: string;
  readonly failure: DecodeFailed;
}

/** The bodies that a message of these types can have: theirs, and what is none of theirs. */
export type BodyOf<B extends TaggedBody> = B | Plain | Binary | Unknown | Invalid;

/** The bodies that have a type: the protocol's own, and those that applications define. */
export type TypedBody = Text | Image | Audio | Video | FileMessage | Location | Recalled | Custom;

/** Every body a message can have; `_tag` tells them apart. */
export type Body = BodyOf<TypedBody>;

/** What can be sent. */
export type OutgoingBody = Exclude<TypedBody, Recalled> | Plain | Binary;

/** A plain string as a body. */
export const plain = (content: string): Plain => Object.freeze({ _tag: 'Plain', content });

/**
 * Bytes as a body, frozen (but for the bytes themselves).
 *
 * @example
 * conversation.send(binary(new Uint8Array([1, 2, 3])));
 */
export const binary = (bytes: Uint8Array): Binary => Object.freeze({ _tag: 'Binary', bytes });

/** Reads and writes the bodies of a set of message types. */
export interface BodyCodec<B extends TaggedBody = TypedBody> {
  /** Total: an unregistered type is `Unknown`, a refused one is `Invalid`. */
  decode(wire: WireBody): BodyOf<B>;
  /**
   * Refuses a body that is not what its tag says, or that can't be written: JSON has no cycles, and UTF-8 has no half
   * of a surrogate pair (what is left where an emoji was cut in two).
   */
  encode(body: B | Plain | Binary): Either<DecodeFailed, WireBody>;
}

/** The types of the protocol itself. */
export const builtInTypes = [TextType, ImageType, AudioType, VideoType, FileType, LocationType, RecalledType] as const;

/** The bodies that a registry of message types is for. */
type Registered<M> = M extends MessageType<infer B> ? B : never;

const BinaryBody = record('Binary', { _tag: t.literal('Binary'), bytes: Bytes }, {});

const PlainBody = record('Plain', { _tag: t.literal('Plain'), content: t.string }, {});

const startsObject = /^\s*\{/;

const loneSurrogate = /[\ud800-\udfff]/u;

/**
 * In JSON.stringify's output, where lone surrogates are escaped and no others: `\ud800` to `\udfff` after an even
 * number of backslashes.
 */
const escapedSurrogate = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

const wellFormed = (path: string, refused: RegExp, written: string): Either<DecodeFailed, string> =>
  refused.test(written)
    ? left(new DecodeFailed(path, 'text without half a surrogate pair', preview(written)))
    : right(written);

const stringify = (json: JsonObject): Either<DecodeFailed, string> => {
  try {
    return right(JSON.stringify(json));
  } catch {
    return left(new DecodeFailed('', 'a body that JSON can hold', preview(json)));
  }
};

/**
 * The body codec over a set of message types, by default the protocol's own; looked up by number, so that their count
 * costs nothing. Throws a `RangeError` where two types have one number.
 *
 * @example
 * const bodies = bodyCodec([...builtInTypes, SongType]);
 */
export function bodyCodec(): BodyCodec<Registered<(typeof builtInTypes)[number]>>;
export function bodyCodec<T extends readonly MessageType[]>(types: T): BodyCodec<Registered<T[number]>>;
export function bodyCodec(types: readonly MessageType[] = builtInTypes): BodyCodec<TaggedBody> {
  const byNumber = new Map(types.map((type) => [type.type, type]));
  if (byNumber.size < types.length) {
    const twice = types.find((type, index) => types.findIndex((other) => other.type === type.type) < index);
    throw new RangeError(`two message types have the number ${String(twice?.type)}: each needs one of its own`);
  }

  const decodeText = (raw: string): BodyOf<TaggedBody> => {
    if (!startsObject.test(raw)) return plain(raw);
    const json = parseJson(raw);
    if (isLeft(json) || !JsonObject.is(json.right)) return plain(raw);
    const { _lctype: number } = json.right;
    if (typeof number !== 'number') return plain(raw);
    const type = byNumber.get(number);
    if (type === undefined) return { _tag: 'Unknown', type: number, raw };
    const body = type.decode(json.right);
    return isRight(body) ? body.right : { _tag: 'Invalid', type: number, raw, failure: body.left };
  };

  const toText = (body: TaggedBody): Either<DecodeFailed, string> => {
    if (PlainBody.is(body)) return wellFormed('content', loneSurrogate, body.content);
    const type = types.find((registered) => registered.is(body));
    if (type === undefined)
      return left(
        new DecodeFailed('_tag', 'of a registered type; give a type of your own to the realtime', preview(body._tag)),
      );
    const written = chain(type.encode(body), stringify);
    return chain(written, (json) => wellFormed('', escapedSurrogate, json));
  };

  return {
    decode: ({ msg = '', binaryMsg }) =>
      binaryMsg === undefined ? decodeText(msg) : { _tag: 'Binary', bytes: binaryMsg },
    encode: (body) => (BinaryBody.is(body) ? right({ binaryMsg: body.bytes }) : map(toText(body), (msg) => ({ msg }))),
  };
}
