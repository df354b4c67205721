/**
 * Message bodies, with a registry that maps type numbers to message types. Reading a body never fails: a body that
 * can't be understood gets a tag that says so.
 */
import { chain, isLeft, isRight, left, map, right, type Either } from '../either.js';
import * as c from '../type.js';
import { DecodeFailed, preview } from '../decode-failed.js';
import { isShallow } from '../dates.js';
import { JsonObject, parseJson } from '../json.js';
import { changedNumber } from '../numbers.js';
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
import { isSignalType, type Signal } from './signal.js';
import { readBareText, TextType, type Text } from './text.js';
import type { WireBody } from './wire-body.js';

/** Text that is not a typed message: any string, including other JSON. */
export interface Plain {
  readonly _tag: 'Plain';
  readonly content: string;
}

/** A typed message whose type number is not registered. */
export interface Unknown {
  readonly _tag: 'Unknown';
  readonly type: number;
  /** The body as it was received. */
  readonly raw: string;
}

/** Bytes. */
export interface Binary {
  readonly _tag: 'Binary';
  readonly bytes: Uint8Array;
}

/**
 * A message of a registered type whose content can't be used: the codec of the type refuses it, it has a number that
 * JavaScript can't hold, or it has more than 100 levels.
 */
export interface Invalid {
  readonly _tag: 'Invalid';
  readonly type: number;
  /** The body as it was received. */
  readonly raw: string;
  readonly failure: DecodeFailed;
}

/** The bodies that a message can have with these types: the bodies of the types, and those without a known type. */
export type BodyOf<B extends TaggedBody> = B | Plain | Binary | Unknown | Invalid | Signal;

/** The bodies that have a type: the types of the protocol, and those that applications define. */
export type TypedBody = Text | Image | Audio | Video | FileMessage | Location | Recalled | Custom;

/** Every body that a message can have. `_tag` tells them apart. */
export type Body = BodyOf<TypedBody>;

/** The bodies that can be sent. */
export type OutgoingBody = Exclude<TypedBody, Recalled> | Plain | Binary;

/** Makes a body from a plain string. */
export const plain = (content: string): Plain => Object.freeze({ _tag: 'Plain', content });

/**
 * Makes a body from bytes. The body is frozen, but the bytes are not.
 *
 * @example
 * conversation.send(binary(new Uint8Array([1, 2, 3])));
 */
export const binary = (bytes: Uint8Array): Binary => Object.freeze({ _tag: 'Binary', bytes });

/** Reads and writes bodies with a set of message types. */
export interface BodyCodec<B extends TaggedBody = TypedBody> {
  /** Never fails: an unregistered type becomes `Unknown`, refused content becomes `Invalid`. */
  decode(wire: WireBody): BodyOf<B>;
  /**
   * Refuses a body that does not match its tag, or that can't be written: JSON has no cycles, and UTF-8 has no lone
   * surrogates (half an emoji). The result is a copy: later changes of the body do not change it.
   */
  encode(body: B | Plain | Binary): Either<DecodeFailed, WireBody>;
}

/** The message types of the protocol. */
export const builtInTypes = [TextType, ImageType, AudioType, VideoType, FileType, LocationType, RecalledType] as const;

/** The bodies that a registry of message types reads and writes. */
type Registered<M> = M extends MessageType<infer B> ? B : never;

const BinaryBody = record('Binary', { _tag: c.literal('Binary'), bytes: Bytes }, {});

const PlainBody = record('Plain', { _tag: c.literal('Plain'), content: c.string }, {});

const startsObject = /^\s*\{/;

const loneSurrogate = /[\ud800-\udfff]/u;

/**
 * Finds lone surrogates in the output of JSON.stringify, which escapes only those: `\ud800` to `\udfff` after an even
 * number of backslashes.
 */
const escapedSurrogate = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

const wellFormed = (path: string, refused: RegExp, written: string): Either<DecodeFailed, string> =>
  refused.test(written)
    ? left(new DecodeFailed(path, 'text without half a surrogate pair', preview(written)))
    : right(written);

const stringify = (
  json: JsonObject,
  { json: { stringify: write } = JSON }: MessageType,
): Either<DecodeFailed, string> => {
  try {
    const written = write(json);
    if (typeof written === 'string') return right(written);
  } catch {
    // It is refused below.
  }
  return left(new DecodeFailed('', 'a body that JSON can hold', preview(json)));
};

/** Reads the text again with the type's own reader of JSON, if it has one. */
const readAgain = (raw: string, json: JsonObject, type: MessageType): Either<DecodeFailed, JsonObject> => {
  if (!isShallow(json)) return left(new DecodeFailed('', 'a body of at most 100 levels', preview(json)));
  if (type.json === undefined) {
    const changed = changedNumber(raw);
    return changed === undefined
      ? right(json)
      : left(new DecodeFailed('', 'a body without a number that JavaScript would change', preview(changed)));
  }
  try {
    const own = type.json.parse(raw);
    return JsonObject.is(own) ? right(own) : left(new DecodeFailed('', 'a JSON object', preview(own)));
  } catch {
    return left(new DecodeFailed('', 'text that the type can parse', preview(raw)));
  }
};

/**
 * The body codec for a set of message types, by default those of the protocol. Types are looked up by number, so
 * their count does not affect the cost. Throws a `RangeError` if two types have the same number.
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

  const hasTexts = byNumber.get(TextType.type) === TextType;

  const decodeText = (raw: string): BodyOf<TaggedBody> => {
    const bare = hasTexts ? readBareText(raw) : undefined;
    if (bare !== undefined) return bare;
    if (!startsObject.test(raw)) return plain(raw);
    const json = parseJson(raw);
    if (isLeft(json) || !JsonObject.is(json.right)) return plain(raw);
    const { _lctype: number } = json.right;
    if (typeof number !== 'number') return plain(raw);
    const type = byNumber.get(number);
    if (type === undefined) return { _tag: isSignalType(number) ? 'Signal' : 'Unknown', type: number, raw };
    const body = chain(readAgain(raw, json.right, type), (own) => type.decode(own));
    return isRight(body) ? body.right : { _tag: 'Invalid', type: number, raw, failure: body.left };
  };

  const toText = (body: TaggedBody): Either<DecodeFailed, string> => {
    if (PlainBody.is(body)) return wellFormed('content', loneSurrogate, body.content);
    const type = types.find((registered) => registered.is(body));
    if (type === undefined)
      return left(
        new DecodeFailed('_tag', 'of a registered type; give a type of your own to the realtime', preview(body._tag)),
      );
    const written = chain(type.encode(body), (json) => stringify(json, type));
    return chain(written, (json) => wellFormed('', escapedSurrogate, json));
  };

  return {
    decode: ({ msg = '', binaryMsg }) =>
      binaryMsg === undefined ? decodeText(msg) : { _tag: 'Binary', bytes: binaryMsg },
    encode: (body) =>
      BinaryBody.is(body) ? right({ binaryMsg: body.bytes.slice() }) : map(toText(body), (msg) => ({ msg })),
  };
}
