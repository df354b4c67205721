/** A conversation as the server describes it: one object of the JSON array in `results.data`. */
import { chain, isRight, left, map, mapLeft, right, type Either } from './either.js';
import type * as t from 'io-ts';
import * as c from './type.js';
import { fromStored, type WireBody } from './bodies/wire-body.js';
import { decodeDates, encodeDates, isShallow, Timestamp, type Attribute } from './dates.js';
import { defined } from './defined.js';
import { DecodeFailed, decodeFailed, preview, short } from './decode-failed.js';
import { JsonObject, parseJson, type Json } from './json.js';
import { changedNumber } from './numbers.js';
import { SafeInteger } from './primitives.js';
import { record } from './record.js';

/** The kind of a conversation: `room` is a chat room (transient), `system` is a service conversation. */
export type ConversationKind = 'ordinary' | 'room' | 'system' | 'temporary';

/** The last message of a conversation, as the answer to a query contains it. */
export interface LastMessage extends WireBody {
  readonly id: string;
  readonly from: string;
  /** ms since 1970. */
  readonly timestamp: number;
  readonly patchTimestamp?: number;
}

/** An immutable snapshot of a conversation. Times are in ms since 1970, by the server's clock. */
export interface ConversationInfo {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly name?: string;
  readonly creator?: string;
  /** Absent if the server leaves it out: for chat rooms, and in compact queries. */
  readonly members?: readonly string[];
  /** Members that get no push notifications. */
  readonly mutedMembers?: readonly string[];
  readonly unique?: boolean;
  /** Lifetime of a temporary conversation, in seconds. */
  readonly ttl?: number;
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly lastMessageAt?: number;
  readonly lastMessage?: LastMessage;
  /** The application's own attributes. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** The keys that have a meaning in the protocol. All others are attributes of the application. */
const fields = {
  c: c.string,
  m: c.array(c.string),
  mu: c.array(c.string),
  tr: c.boolean,
  sys: c.boolean,
  unique: c.boolean,
  name: c.string,
  ttl: c.number,
  lm: Timestamp,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  msg: c.string,
  /** `msg` is bytes in base64. */
  bin: c.boolean,
  msg_from: c.string,
  msg_mid: c.string,
  msg_timestamp: SafeInteger,
  patch_timestamp: SafeInteger,
};

/** Keys that a server derives for other clients: always, and in some kinds of conversations. */
const DERIVED: readonly string[] = ['conv_type', 'uniqueId'];
const DERIVED_IN: Readonly<Partial<Record<ConversationKind, readonly string[]>>> = {
  temporary: ['temp', 'tempConv', 'tempConvTTL'],
  system: ['joined', 'joinedAt', 'muted'],
};

export const Fields = record('Conversation', { objectId: c.string }, fields);
export type Fields = t.TypeOf<typeof Fields>;

/**
 * Whether this key has its protocol meaning. `null` counts as no value. Any member can set `name` to any value: if it
 * is not text, it is treated as a normal attribute, so that no member can make a conversation unreadable.
 */
export const isField = ([key, value]: readonly [string, unknown]): boolean =>
  key === 'name'
    ? typeof value === 'string'
    : key === 'objectId' || DERIVED.includes(key) || Object.hasOwn(fields, key);

const kindOf = ({ objectId, tr, sys, ttl }: Fields): ConversationKind => {
  if (tr === true) return 'room';
  if (sys === true) return 'system';
  return ttl !== undefined || objectId.startsWith('_tmp:') ? 'temporary' : 'ordinary';
};

const lastMessageOf = (wire: Fields): LastMessage | undefined =>
  wire.msg_mid === undefined || wire.msg_from === undefined || wire.msg_timestamp === undefined
    ? undefined
    : defined({
        id: wire.msg_mid,
        from: wire.msg_from,
        timestamp: wire.msg_timestamp,
        patchTimestamp: wire.patch_timestamp,
        ...fromStored(defined({ data: wire.msg, bin: wire.bin })),
      });

const toInfo = (wire: Fields, attributes: readonly (readonly [string, Json])[]): ConversationInfo => {
  const kind = kindOf(wire);
  const own = attributes.filter(([key]) => DERIVED_IN[kind]?.includes(key) !== true);
  return defined({
    id: wire.objectId,
    kind,
    name: wire.name,
    creator: wire.c,
    members: wire.m,
    mutedMembers: wire.mu,
    unique: wire.unique,
    ttl: wire.ttl,
    createdAt: wire.createdAt,
    updatedAt: wire.updatedAt,
    lastMessageAt: wire.lm,
    lastMessage: lastMessageOf(wire),
    attributes: decodeDates(Object.fromEntries(own)) as ConversationInfo['attributes'],
  });
};

/**
 * Reads one conversation of `results.data`: known keys become fields, all others become attributes (protocol:
 * appendix C).
 */
export const validateConversation: t.Validate<unknown, ConversationInfo> = (input, context) =>
  chain(JsonObject.validate(input, context), (json) => {
    const entries = Object.entries(json);
    const known = entries.filter((entry) => isField(entry) && entry[1] !== null);
    const attributes = entries.filter((entry) => !isField(entry) && isShallow(entry[1]));
    return map(Fields.validate(Object.fromEntries(known), context), (wire) => toInfo(wire, attributes));
  });

/** A conversation that can't be read, with its id if it has one. */
export interface UnreadableConversation {
  readonly id?: string;
  readonly error: DecodeFailed;
}

/** The content of `results.data`, in its order: the conversations, and the entries that can't be read. */
export interface ReadConversations {
  readonly infos: readonly ConversationInfo[];
  readonly unreadable: readonly UnreadableConversation[];
  /** The parts that are not as the server has sent them: numbers that were rounded, attributes that were left out. */
  readonly altered: readonly DecodeFailed[];
}

/** The reason why a number in a text is not as it was sent, if there is one. */
export const alteredNumber = (path: string, text: string): readonly DecodeFailed[] => {
  const number = changedNumber(text);
  return number === undefined
    ? []
    : [new DecodeFailed(path, 'without a number that JavaScript would change', preview(number))];
};

/** Attributes that are left out, because they are too deep. */
const tooDeep = (item: unknown, path: string): readonly DecodeFailed[] =>
  Object.entries(JsonObject.is(item) ? item : {})
    .filter((entry) => !isField(entry) && !isShallow(entry[1]))
    .map(([key, value]) => new DecodeFailed(`${path}.${short(key, 32)}`, 'at most 100 levels', preview(value)));

const JsonArray = c.guarded('JsonArray', (input): input is readonly unknown[] => Array.isArray(input));

const idOf = (item: unknown): { readonly id?: string } => {
  const objectId = JsonObject.is(item) ? item['objectId'] : undefined;
  return typeof objectId === 'string' ? { id: objectId } : {};
};

/**
 * Reads `results.data`. Each conversation is read separately, so an unreadable one does not affect the others.
 * Refuses anything that is not a list.
 */
export const readConversations = (data: string): Either<DecodeFailed, ReadConversations> =>
  chain(parseJson(data), (json) =>
    map(mapLeft(JsonArray.decode(json), decodeFailed), (items) => {
      const infos: ConversationInfo[] = [];
      const unreadable: UnreadableConversation[] = [];
      const altered = [...alteredNumber('results.data', data)];
      for (const [index, item] of items.entries()) {
        const read = validateConversation(item, [{ key: String(index), type: Fields, actual: item }]);
        altered.push(...tooDeep(item, String(index)));
        if (isRight(read)) infos.push(read.right);
        else unreadable.push({ ...idOf(item), error: decodeFailed(read.left) });
      }
      return { infos, unreadable, altered };
    }),
  );

const MAX_LEVELS = 100;

const hasFewDots = (key: string): boolean => key.split('.', MAX_LEVELS + 1).length <= MAX_LEVELS;

/**
 * Reads the attributes of `attr.data`. Refuses values with more than 100 levels, because some peers could not write
 * them again. The dots of a key count as levels.
 */
export const decodeAttributes = (data: string): Either<DecodeFailed, ConversationInfo['attributes']> =>
  chain(parseJson(data), (json) =>
    chain(mapLeft(JsonObject.decode(json), decodeFailed), (attributes) =>
      isShallow(attributes) && Object.keys(attributes).every(hasFewDots)
        ? right(decodeDates(attributes) as ConversationInfo['attributes'])
        : left(new DecodeFailed('', 'attributes of at most 100 levels', preview(attributes))),
    ),
  );

/** Writes attributes as `attr.data`. */
export const encodeAttributes = (attributes: ConversationInfo['attributes']): string =>
  JSON.stringify(encodeDates(attributes));
