/** Changes of a conversation's name, attributes and muted members. */
import { either as E } from 'fp-ts';
import * as c from '../../../codecs/type.js';
import { defined } from '../../../codecs/defined.js';
import {
  changeAttributes,
  encodeAttributes,
  record,
  type Attribute,
  type ConversationInfo,
  type ServerCommand,
} from '../../../codecs/index.js';
import { by, type Party } from '../party.js';
import { Refusal } from '../refusal.js';
import { changedBy } from './described-by.js';

const Delete = record('Delete', { __op: c.literal('Delete') }, {});

type Attributes = ConversationInfo['attributes'];

/** A change has at most so many keys. */
const MAX_KEYS = 500;
/** The greatest depth of attributes. */
const MAX_DEPTH = 100;

const checkKeys = (keys: readonly string[]): void => {
  if (keys.length > MAX_KEYS) throw new Refusal(4306, `at most ${MAX_KEYS} attributes are changed at a time`);
  if (keys.some((key) => key.split('.', MAX_DEPTH + 1).length > MAX_DEPTH))
    throw new Refusal(4306, `attributes have at most ${MAX_DEPTH} levels`);
};

const isGone = ([, value]: readonly [string, Attribute]): boolean => E.isRight(Delete.decode(value));

const nulls = (keys: readonly string[]): Attributes => Object.fromEntries(keys.map((key) => [key, null]));

/** The keys to set and the keys to remove. Keys may have dots. */
export interface AttributesChange {
  readonly name?: string;
  readonly set: Attributes;
  readonly removed: readonly string[];
  /** All attributes after the change, if they are known. Default: what is set is all that there is. */
  readonly after?: Attributes;
}

/** Reads `attr.data`. */
export const attributesChange = (data: string): AttributesChange => {
  const { name, attributes } = changedBy(data);
  checkKeys(Object.keys(attributes));
  const entries = Object.entries(attributes);
  return {
    ...defined({ name }),
    set: Object.fromEntries(entries.filter((entry) => !isGone(entry))),
    removed: entries.filter(isGone).map(([key]) => key),
  };
};

/** The attributes of a conversation after a change. */
export const changedAttributes = (before: Attributes, { set, removed }: AttributesChange): Attributes =>
  changeAttributes(before, [
    ...Object.entries(set).map(([key, value]) => [key.split('.'), value] as const),
    ...removed.map((key) => [key.split('.')] as const),
  ]);

/**
 * The final values of the changed attributes, for `attrModified`: nested, as they are now. What was removed is missing.
 * Swift looks a key with dots up in them and deletes what it does not find; C# puts them in place of its own.
 */
const writtenModified = (change: AttributesChange): string => {
  const { name, set, removed, after = changedAttributes({}, change) } = change;
  const keys = new Set([...Object.keys(set), ...removed].map((key) => key.split('.', 1)[0] ?? key));
  const now = Object.entries(after).filter(([key]) => keys.has(key));
  return encodeAttributes({ ...Object.fromEntries(now), ...defined({ name }) });
};

/** The whole change, for `attr`: a removed attribute is null, which every client understands. */
export const changeWithNulls = ({ name, set, removed }: AttributesChange): Attributes => ({
  ...set,
  ...nulls(removed),
  ...defined({ name }),
});

/** The notice of a change to the other clients (protocol: conv/update). */
export const updatedNotice = (party: Party, id: string, change: AttributesChange, at: number): ServerCommand => ({
  cmd: 'conv',
  op: 'updated',
  serverTs: at,
  convMessage: {
    cid: id,
    ...by(party),
    attr: { data: encodeAttributes(changeWithNulls(change)) },
    attrModified: { data: writtenModified(change) },
    udate: new Date(at).toISOString(),
  },
});

/** The answer to the client that made the change. */
export const updatedAnswer = (id: string, change: AttributesChange, at: number): ServerCommand => ({
  cmd: 'conv',
  op: 'updated',
  convMessage: { cid: id, udate: new Date(at).toISOString(), attrModified: { data: writtenModified(change) } },
});

/**
 * The answer to the client that muted the conversation at the time `at`. Muting does not change `updatedAt`, but Swift
 * takes only what is newer than all that it knows.
 */
export const mutedAnswer = ({ id }: ConversationInfo, at: number): ServerCommand => ({
  cmd: 'conv',
  op: 'updated',
  convMessage: { cid: id, udate: new Date(at).toISOString() },
});
