/** Conversations: made, found, described anew. */
import { isLeft } from '../../../codecs/either.js';
import {
  assignAttribute,
  decodeAttributes,
  encodeAttributes,
  encodeConversations,
  removeAttribute,
  type Attribute,
  type ConversationInfo,
} from '../../../codecs/index.js';
import { described, isMember, type Held } from '../memory.js';
import { tell } from '../sessions.js';
import { NOT_ORDINARY, audience, noSuchConversation, notMember, refused, type Answers, type Asking, type CommandOf } from '../world.js';
import { conditionOf } from '../where.js';
import { join, tellJoined } from './members.js';

type Start = CommandOf<'conv', 'start'>['convMessage'];

const DAY = 86_400;

/** The name, and the attributes besides. */
const naming = (data: string): Pick<ConversationInfo, 'name' | 'attributes'> => {
  const given = decodeAttributes(data);
  if (isLeft(given)) throw given.left;
  const { name, ...attributes } = given.right;
  return typeof name === 'string' ? { name, attributes } : { attributes: given.right };
};

const sameMembers = (a: readonly string[], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((member) => b.includes(member));

const make = (
  { world: { memory, now }, session }: Asking,
  { m = [], attr, transient, tempConv, tempConvTTL, unique }: Start,
): ConversationInfo => {
  const id = memory.newId('conversation');
  const common = { creator: session.clientId, createdAt: now(), updatedAt: now(), ...naming(attr?.data ?? '{}') };
  if (transient === true) return { id, kind: 'room', ...common };
  const members = [...new Set([session.clientId, ...m])];
  return tempConv === true
    ? { id: `_tmp:${id}`, kind: 'temporary', ...common, members, unique: true, ttl: tempConvTTL ?? DAY }
    : { id, kind: 'ordinary', ...common, members, ...(unique === true ? { unique } : {}) };
};

export const start = (asking: Asking, { convMessage }: CommandOf<'conv', 'start'>): Answers => {
  const { memory } = asking.world;
  const info = make(asking, convMessage);
  const isWanted = ({ info: other, founders }: Held): boolean =>
    other.kind === info.kind && other.unique === true && sameMembers(founders, info.members);
  const found = convMessage.unique === true ? memory.all().find(isWanted) : undefined;
  const held = found ?? memory.add(info);
  if (info.kind === 'ordinary') {
    const { clientId } = asking.session;
    if (found === undefined) tellJoined(asking, held, [...(info.members ?? [])]);
    // Who has quit it is a member again.
    else if (!isMember(held, clientId)) join(asking, held, [clientId]);
  }
  const { id: cid, createdAt = 0, ttl } = held.info;
  const cdate = new Date(createdAt).toISOString();
  return [{ cmd: 'conv', op: 'started', convMessage: { cid, cdate, ...(ttl === undefined ? {} : { tempConvTTL: ttl }) } }];
};

const DEFAULT_LIMIT = 10;
/** Bits of `flag`. */
const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;
/** What the conversation list of a client asks for. */
const LATEST_FIRST = '-lm,-createdAt';

const shown =
  (flag: number) =>
  ({ members, lastMessage, ...info }: ConversationInfo): ConversationInfo => ({
    ...info,
    ...((flag & COMPACT) === 0 && members !== undefined ? { members } : {}),
    ...((flag & WITH_LAST_MESSAGE) !== 0 && lastMessage !== undefined ? { lastMessage } : {}),
  });

/** Where nobody has said anything, the creation is the latest that has happened. */
const activeAt = ({ lastMessageAt, createdAt = 0 }: ConversationInfo): number => lastMessageAt ?? createdAt;

const latestFirst = (a: ConversationInfo, b: ConversationInfo): number =>
  activeAt(b) - activeAt(a) || (b.createdAt ?? 0) - (a.createdAt ?? 0);

/** Nothing where it asks for what is not known here: other operators, and other orders. */
export const query = ({ world: { memory } }: Asking, { convMessage }: CommandOf<'conv', 'query'>): Answers | undefined => {
  const { where, tempConvIds, flag = 0, sort, skip = 0, limit = DEFAULT_LIMIT } = convMessage;
  const condition = conditionOf(tempConvIds === undefined ? (where?.data ?? '{}') : JSON.stringify({ objectId: { $in: tempConvIds } }));
  if (condition === undefined || (sort !== undefined && !LATEST_FIRST.startsWith(sort))) return undefined;
  const found = memory.all().map(described).filter(condition).toSorted(latestFirst);
  const data = encodeConversations(found.slice(skip, skip + limit).map(shown(flag)));
  return [{ cmd: 'conv', op: 'results', convMessage: { results: { data } } }];
};

const isDelete = (value: Attribute): boolean =>
  typeof value === 'object' && value !== null && '__op' in value && value['__op'] === 'Delete';

export const update = ({ world, session }: Asking, { convMessage: { cid, attr } }: CommandOf<'conv', 'update'>): Answers => {
  const held = world.memory.find(cid);
  if (held === undefined) return noSuchConversation(cid);
  const { kind, creator } = held.info;
  if (kind === 'room' ? creator !== session.clientId : !isMember(held, session.clientId))
    return refused(4309, 'CONVERSATION_UPDATE_REJECTED', 'members change a conversation, and who has made it a chat room');
  if (kind === 'temporary') return refused(4314, NOT_ORDINARY, 'a temporary conversation can not be changed');
  const { name, attributes: changed } = naming(attr.data);
  const removed = Object.keys(changed).filter((key) => isDelete(changed[key] ?? null));
  const assigned = Object.entries(changed).filter(([key]) => !removed.includes(key));
  const added = assigned.reduce((all, [key, value]) => assignAttribute(all, key.split('.'), value), held.info.attributes);
  const attributes = removed.reduce((all, key) => removeAttribute(all, key.split('.')), added);
  const named = name === undefined ? {} : { name };
  held.info = { ...held.info, ...named, attributes, updatedAt: world.now() };
  const now = { ...Object.fromEntries(assigned), ...named };
  const before = Object.fromEntries(removed.map((key) => [key, null]));
  const udate = new Date(world.now()).toISOString();
  tell(
    audience(world, held.info),
    {
      cmd: 'conv',
      op: 'updated',
      convMessage: {
        cid,
        initBy: session.clientId,
        attr: { data: encodeAttributes({ ...now, ...before }) },
        attrModified: { data: encodeAttributes(now) },
        udate,
      },
    },
    session,
  );
  return [{ cmd: 'conv', op: 'updated', convMessage: { cid, udate } }];
};

/** Whether this client gets push notifications. */
export const mute = (
  { world: { memory, now }, session: { clientId } }: Asking,
  { op, convMessage: { cid } }: CommandOf<'conv', 'mute' | 'unmute'>,
): Answers => {
  const held = memory.find(cid);
  if (held === undefined) return noSuchConversation(cid);
  if (!isMember(held, clientId)) return notMember();
  if (held.info.kind === 'temporary') return refused(4314, NOT_ORDINARY, 'a temporary conversation pushes nothing that could be muted');
  const others = (held.info.mutedMembers ?? []).filter((member) => member !== clientId);
  held.info = { ...held.info, mutedMembers: op === 'mute' ? [...others, clientId] : others };
  return [{ cmd: 'conv', op: 'updated', convMessage: { cid, udate: new Date(now()).toISOString() } }];
};
