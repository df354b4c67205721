/** Message bodies, by a registry from type number to codec. Reading one never fails: what can't be understood is a body that says so. */
import { either as E } from 'fp-ts';
import { DecodeFailed, decodeFailed, preview } from '../decode-failed.js';
import { parseJson } from '../json.js';
import type { MessageType, TaggedBody } from './message-type.js';
import { TextType, type Text } from './text.js';

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

/** Every body a message can have; `_tag` tells them apart. */
export type Body = Text | Plain | Unknown | Invalid;

/** What can be sent. */
export type OutgoingBody = Text | Plain;

/** A body as the wire has it. */
export interface WireBody {
  readonly msg?: string;
  readonly binaryMsg?: Uint8Array;
}

/** A plain string as a body. */
export const plain = (content: string): Plain => Object.freeze({ _tag: 'Plain', content });

export interface BodyCodec {
  /** Total: an unregistered type is `Unknown`, a refused one is `Invalid`. */
  decode(wire: WireBody): Body;
  encode(body: OutgoingBody): WireBody;
}

/** The types of the protocol itself. */
export const builtInTypes = [TextType] as const;

const startsObject = /^\s*\{/;

/** The body codec over a set of message types; looked up by number, so that their count costs nothing. */
export const bodyCodec = (types: readonly MessageType<Text>[] = builtInTypes): BodyCodec => {
  const byNumber = new Map(types.map((type) => [type.type, type]));
  const byTag = new Map<string, MessageType<Text>>(types.map((type) => [type.tag, type]));

  const decodeText = (raw: string): Body => {
    const json = startsObject.test(raw) ? parseJson(raw) : undefined;
    if (json === undefined || E.isLeft(json)) return plain(raw);
    const number = (json.right as { readonly _lctype?: unknown })._lctype;
    if (typeof number !== 'number') return plain(raw);
    const type = byNumber.get(number);
    if (type === undefined) return { _tag: 'Unknown', type: number, raw };
    const body = type.codec.decode(json.right);
    return E.isRight(body) ? body.right : { _tag: 'Invalid', raw, failure: decodeFailed(body.left) };
  };

  return {
    decode: ({ msg, binaryMsg }) => {
      if (binaryMsg !== undefined) return { _tag: 'Invalid', raw: binaryMsg, failure: new DecodeFailed('msg', 'text', preview(binaryMsg)) };
      return decodeText(msg ?? '');
    },
    encode: (body) => {
      if (body._tag === 'Plain') return { msg: body.content };
      return { msg: JSON.stringify(byTag.get(body._tag)?.codec.encode(body)) };
    },
  };
};

export type { TaggedBody };
