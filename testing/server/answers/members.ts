/** Adds and removes members. Clients enter and leave chat rooms. */
import {
  checkAdding,
  checkMembers,
  checkRemoving,
  partedByRank,
  removed,
  toTimedWire,
  type Outcome,
} from '../../../server/domain/conversations/members.js';
import { forMember, forReader } from '../../../server/domain/conversations/access.js';
import { addedNotices, leftNotices } from '../../../server/domain/conversations/notices.js';
import { maxRead } from '../../../server/domain/messages/receipts.js';
import type { ConversationInfo, ServerCommand } from '../../../codecs/index.js';
import { existing, tellAll, type Answers, type Asking, type CommandOf } from '../world.js';

const everybody = (wanted: readonly string[]): Outcome => ({ allowed: wanted, failed: [] });

/** Enters a chat room, or leaves it. */
export const move = ({ world: { memory }, session }: Asking, room: string | undefined): void => {
  session.room = room;
  memory.sessions.rememberRoom(session.token, session.id, room === undefined ? undefined : { id: room });
};

/** Adds clients that are not members yet, and tells everybody. Gives what follows the answer. */
export const join = (asking: Asking, info: ConversationInfo, wanted: readonly string[]): Answers => {
  const { id, kind, members = [] } = info;
  const added = asking.world.memory.addMembers(id, wanted, Infinity)?.added ?? [];
  if (kind !== 'ordinary' || added.length === 0) return [];
  return tellAll(asking, addedNotices(asking.session, info, members, added, asking.world.now()));
};

export const add = (asking: Asking, { convMessage: { cid, m = [] } }: CommandOf<'conv', 'add'>): Answers => {
  checkMembers(m);
  const info = existing(asking.world, cid);
  checkAdding(info, asking.session, m);
  const answer: ServerCommand = {
    cmd: 'conv',
    op: 'added',
    convMessage: { cid, ...toTimedWire({ ...everybody(m), at: asking.world.now() }) },
  };
  if (info.kind !== 'room') return [answer, ...join(asking, info, m)];
  move(asking, cid);
  return [answer];
};

const dismissed = (
  asking: Asking,
  { id, kind, members = [] }: ConversationInfo,
  wanted: readonly string[],
): readonly [Outcome, Answers] => {
  const { memory } = asking.world;
  const { below, above } = partedByRank(memory.roles(id), asking.session, wanted);
  const gone = memory.removeMembers(id, below);
  const isTold = kind === 'ordinary' && gone.length > 0;
  return [
    removed(below, above),
    isTold ? tellAll(asking, leftNotices(asking.session, id, members, gone, asking.world.now())) : [],
  ];
};

export const remove = (asking: Asking, { convMessage: { cid, m = [] } }: CommandOf<'conv', 'remove'>): Answers => {
  const { world, session } = asking;
  const info = existing(world, cid);
  checkRemoving(info, session, m);
  if (info.kind === 'room' && session.room === cid) move(asking, undefined);
  const [outcome, notices] = info.kind === 'room' ? [everybody(m), []] : dismissed(asking, info, m);
  return [
    { cmd: 'conv', op: 'removed', convMessage: { cid, ...toTimedWire({ ...outcome, at: world.now() }) } },
    ...notices,
  ];
};

/** The number of members, or of the clients that are in a chat room now. */
export const count = ({ world, session }: Asking, { convMessage: { cid } }: CommandOf<'conv', 'count'>): Answers => {
  const { kind, members = [] } = forReader(existing(world, cid), session, 4317, world.isOpen);
  const inside =
    kind === 'room' ? new Set(world.sessions.inRoom(cid).map(({ clientId }) => clientId)).size : members.length;
  return [{ cmd: 'conv', op: 'result', convMessage: { cid, count: inside } }];
};

/** How far the other members have received and read: each of them, or the one who is furthest. */
export const furthest = ({ world, session }: Asking, { convMessage }: CommandOf<'conv', 'max_read'>): Answers => {
  const { cid, queryAllMembers } = convMessage;
  const info = forMember(existing(world, cid), session, 4317);
  return [maxRead(info, world.memory.receipts(cid), session.clientId, queryAllMembers)];
};
