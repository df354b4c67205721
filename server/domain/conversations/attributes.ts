/** Changes of a conversation's name, attributes and muted members. */
import type * as t from 'io-ts';
import { attributeAt } from '../../../codecs/attributes.js';
import * as c from '../../../codecs/type.js';
import { defined } from '../../../codecs/defined.js';
import { isLeft } from '../../../codecs/either.js';
import {
  encodeAttributes,
  record,
  type Attribute,
  type ConversationInfo,
  type ServerCommand,
} from '../../../codecs/index.js';
import { by, type Party } from '../party.js';
import type { AttributeEdit } from '../records.js';
import { Refusal } from '../refusal.js';
import { hasOperation } from './attribute-edits.js';
import { changedBy } from './described-by.js';

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

const nulls = (keys: readonly string[]): Attributes => Object.fromEntries(keys.map((key) => [key, null]));

const AnyAttribute = c.guarded('Attribute', (input): input is Attribute => input !== undefined);

const Operation: t.Type<
  | { readonly __op: 'Increment'; readonly amount: number }
  | { readonly __op: 'Add' | 'AddUnique' | 'Remove'; readonly objects: readonly Attribute[] }
  | { readonly __op: 'Delete' }
> = c.union(
  [
    record('Increment', { __op: c.literal('Increment'), amount: c.number }, {}),
    record(
      'ListOperation',
      { __op: c.keyof({ Add: null, AddUnique: null, Remove: null }), objects: c.readonlyArray(AnyAttribute) },
      {},
    ),
    record('Delete', { __op: c.literal('Delete') }, {}),
  ],
  'Operation',
);

const unknownOperation = (key: string): Refusal =>
  new Refusal(
    4306,
    `attr: ${key} has an __op that is not Increment (amount), Add, AddUnique, Remove (objects) or Delete; values inside have none`,
  );

/** The edit of one attribute that a client wants. */
const editOf = ([key, value]: readonly [string, Attribute]): AttributeEdit => {
  const path = key.split('.');
  if (!hasOperation(value)) return { path, _tag: 'Set', value };
  if (path[0] === 'name') throw new Refusal(4306, 'attr: a name is replaced by another one; it has no operations');
  const operation = Operation.decode(value);
  if (isLeft(operation)) throw unknownOperation(key);
  const { right } = operation;
  if (right.__op === 'Delete') return { path, _tag: 'Delete' };
  if (right.__op === 'Increment') return { path, _tag: 'Increment', amount: right.amount };
  if (right.objects.some(hasOperation)) throw unknownOperation(key);
  return { path, _tag: right.__op, objects: right.objects };
};

/** What a client wants to change. */
export interface WantedChange {
  readonly name?: string;
  /** In the order of the client's keys, which may have dots. */
  readonly edits: readonly AttributeEdit[];
  /** The attributes as hooks get them: operations are as the client has sent them, and null stands for a removal. */
  readonly attr: Attributes;
}

/** Reads `attr.data`. */
export const attributesChange = (data: string): WantedChange => {
  const { name, attributes } = changedBy(data);
  checkKeys(Object.keys(attributes));
  const edits = Object.entries(attributes).map(editOf);
  const removed = edits.flatMap(({ _tag, path }) => (_tag === 'Delete' ? [path.join('.')] : []));
  return { ...defined({ name }), edits, attr: { ...attributes, ...nulls(removed), ...defined({ name }) } };
};

/** What a change has done: the keys that have a value now, with it, and those that were removed. */
export interface AttributesChange {
  readonly name?: string;
  readonly set: Attributes;
  readonly removed: readonly string[];
  /** All attributes after the change. */
  readonly after: Attributes;
}

/** What a change has done, from the attributes after it. Nothing was removed from a list that is not there. */
export const doneBy = ({ name, edits }: WantedChange, after: Attributes): AttributesChange => {
  const done = edits.map(({ _tag, path }) => ({ _tag, key: path.join('.'), value: attributeAt(after, path) }));
  return {
    ...defined({ name }),
    set: Object.fromEntries(done.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]))),
    removed: done.flatMap(({ _tag, key, value }) => (_tag === 'Delete' && value === undefined ? [key] : [])),
    after,
  };
};

/**
 * The final values of the changed attributes, for `attrModified`: nested, as they are now. What was removed is missing.
 * Swift looks a key with dots up in them and deletes what it does not find; C# puts them in place of its own.
 */
const writtenModified = ({ name, set, removed, after }: AttributesChange): string => {
  const keys = new Set([...Object.keys(set), ...removed].map((key) => key.split('.', 1)[0] ?? key));
  const now = Object.entries(after).filter(([key]) => keys.has(key));
  return encodeAttributes({ ...Object.fromEntries(now), ...defined({ name }) });
};

/** The whole change, for `attr`: a removed attribute is null, which every client understands. */
const changeWithNulls = ({ name, set, removed }: AttributesChange): Attributes => ({
  ...set,
  ...nulls(removed),
  ...defined({ name }),
});

/** The notice of a change to the other clients (protocol: conv/update). */
export const updatedNotice = (
  party: Party,
  id: string,
  change: AttributesChange,
  at: number,
): Extract<ServerCommand, { cmd: 'conv'; op: 'updated' }> => ({
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
