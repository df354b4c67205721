/** Rows of the database as records of the store, and back. */
import { either as E } from 'fp-ts';
import {
  decodeAttributes,
  encodeAttributes,
  type ConversationInfo,
  type ConversationKind,
} from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import { KINDS, type KeptByKind } from '../../domain/memory/retention.js';
import { bodyOf } from '../../domain/messages/body.js';
import type { MovedMark, MovedStanding, StoredMessage, StoredSession } from '../../domain/records.js';
import { flag, listOf, maybeBytes, maybeList, maybeNumber, maybeText, number, text, type Row } from './columns.js';

export const kindOf = (row: Row): ConversationKind => {
  const name = text(row, 'kind');
  const kind = KINDS.find((one) => one === name);
  if (kind === undefined) throw new TypeError(`there is no kind ${name} of conversations`);
  return kind;
};

/** When a conversation ends, ms: see `endOf` of the store in memory. */
export const endOf = (row: Row, kept: KeptByKind): number => {
  const kind = kindOf(row);
  const [created, updated] = [number(row, 'created_at'), number(row, 'updated_at')];
  return kind === 'temporary'
    ? created + (maybeNumber(row, 'ttl') ?? Infinity) * 1_000
    : Math.max(created, updated, maybeNumber(row, 'last_at') ?? -Infinity) + kept[kind].idle;
};

export const messageOf = (row: Row): StoredMessage => ({
  id: text(row, 'id'),
  conversationId: text(row, 'cid'),
  from: text(row, 'sender'),
  timestamp: number(row, 'ts'),
  receipt: flag(row, 'receipt'),
  mentions: maybeList(row, 'mentions') ?? [],
  mentionsAll: flag(row, 'mentions_all'),
  ...defined({
    to: maybeList(row, 'addressed'),
    type: maybeNumber(row, 'type'),
    msg: maybeText(row, 'msg'),
    binaryMsg: maybeBytes(row, 'bin'),
    editedAt: maybeNumber(row, 'edited_at'),
    deliveredAt: maybeNumber(row, 'delivered_at'),
    readAt: maybeNumber(row, 'read_at'),
  }),
});

const markOf = (row: Row, upTo: string, at: string): MovedMark | undefined => {
  const time = maybeNumber(row, upTo);
  return time === undefined ? undefined : { upTo: time, at: maybeNumber(row, at) ?? time };
};

/** What a conversation keeps of a client. */
export const standingOf = (row: Row): MovedStanding => {
  const wasMember = row['was_member'];
  return {
    conversationId: text(row, 'cid'),
    clientId: text(row, 'client'),
    ...defined({
      joinedAt: maybeNumber(row, 'joined_at'),
      read: markOf(row, 'read_ts', 'read_at'),
      received: markOf(row, 'got_ts', 'got_at'),
      silenced: flag(row, 'is_silenced') ? true : undefined,
      silencedUntil: maybeNumber(row, 'ends_at'),
      blocked: wasMember === null || wasMember === undefined ? undefined : { wasMember: flag(row, 'was_member') },
    }),
  };
};

/** A list of ids for a column that is NULL if there are none. */
export const someOf = (ids: readonly string[]): string | undefined => (ids.length === 0 ? undefined : listOf(ids));

const attributesOf = (row: Row): ConversationInfo['attributes'] => {
  const attributes = decodeAttributes(text(row, 'attributes'));
  if (E.isLeft(attributes)) throw attributes.left;
  return attributes.right;
};

export const attributesText = encodeAttributes;

/** The members of a conversation, in their order, and those that have muted it. */
export interface Members {
  readonly all: readonly string[];
  readonly muted: readonly string[];
}

const lastMessageOf = (row: Row): NonNullable<ConversationInfo['lastMessage']> => ({
  id: text(row, 'message'),
  from: text(row, 'sender'),
  timestamp: number(row, 'ts'),
  ...defined({ patchTimestamp: maybeNumber(row, 'edited_at') }),
  ...bodyOf(defined({ msg: maybeText(row, 'msg'), binaryMsg: maybeBytes(row, 'bin') })),
});

/** A conversation with its newest message and that message's time. `members`: undefined leaves them out. */
export const infoOf = (row: Row, members: Members | undefined): ConversationInfo => {
  const kind = kindOf(row);
  const hasMembers = members !== undefined && (kind !== 'room' || members.all.length > 0);
  const lastAt = maybeNumber(row, 'last_at');
  const shown =
    maybeText(row, 'message') === undefined
      ? // The last message of a system conversation may be for another client.
        defined({ lastMessageAt: kind === 'system' ? undefined : lastAt })
      : { lastMessageAt: number(row, 'ts'), lastMessage: lastMessageOf(row) };
  return {
    id: text(row, 'id'),
    kind,
    ...defined({
      creator: maybeText(row, 'creator'),
      members: hasMembers ? members.all : undefined,
      mutedMembers: members === undefined || members.muted.length === 0 ? undefined : members.muted,
      name: maybeText(row, 'name'),
      unique: flag(row, 'is_unique') || undefined,
      ttl: maybeNumber(row, 'ttl'),
    }),
    createdAt: number(row, 'created_at'),
    updatedAt: number(row, 'updated_at'),
    attributes: attributesOf(row),
    ...shown,
  };
};

export const sessionOf = (row: Row): StoredSession => {
  const room = maybeText(row, 'room');
  return {
    token: text(row, 'token'),
    holder: text(row, 'holder'),
    clientId: text(row, 'client'),
    deviceId: text(row, 'device'),
    expiresAt: number(row, 'expires_at'),
    displaced: flag(row, 'displaced'),
    ...defined({
      tag: maybeText(row, 'tag'),
      appId: maybeText(row, 'app'),
      room: room === undefined ? undefined : { id: room, ...defined({ leftAt: maybeNumber(row, 'room_left_at') }) },
    }),
  };
};
