/** Members come and go; chat rooms are entered and left. */
import { isMember, type Held } from '../memory.js';
import { tell } from '../sessions.js';
import { NOT_ORDINARY, noSuchConversation, notMember, refused, type Answers, type Asking, type CommandOf } from '../world.js';

/** Tells those who were added, and all members, each but the session that has done it. */
export const tellJoined = ({ world: { sessions }, session }: Asking, { info: { id: cid, members = [] } }: Held, m: string[]): void => {
  const by = { cid, initBy: session.clientId };
  const invited = m.filter((member) => member !== session.clientId);
  tell(sessions.of(invited), { cmd: 'conv', op: 'joined', convMessage: by });
  tell(sessions.of(members), { cmd: 'conv', op: 'members_joined', convMessage: { ...by, m } }, session);
};

const tellLeft = ({ world: { sessions }, session }: Asking, { info: { id: cid, members = [] } }: Held, m: string[]): void => {
  const by = { cid, initBy: session.clientId };
  tell(sessions.of(m), { cmd: 'conv', op: 'left', convMessage: by }, session);
  tell(sessions.of(members), { cmd: 'conv', op: 'members_left', convMessage: { ...by, m } }, session);
};

/** Makes members of those who are none, and tells everybody. */
export const join = (asking: Asking, held: Held, wanted: readonly string[]): void => {
  const added = wanted.filter((member) => !isMember(held, member));
  if (added.length === 0) return;
  held.info = { ...held.info, members: [...(held.info.members ?? []), ...added] };
  tellJoined(asking, held, added);
};

const isSelf = ({ session }: Asking, m: readonly string[]): boolean => m.length === 1 && m[0] === session.clientId;

export const add = (asking: Asking, { convMessage: { cid, m = [] } }: CommandOf<'conv', 'add'>): Answers => {
  const { world, session } = asking;
  const held = world.memory.find(cid);
  if (held === undefined) return noSuchConversation(cid);
  const { info } = held;
  if (info.kind === 'temporary') return refused(4314, NOT_ORDINARY, 'the members of a temporary conversation are fixed');
  if (info.kind !== 'ordinary' && !isSelf(asking, m)) return refused(4314, NOT_ORDINARY, 'here everybody joins for himself');
  if (info.kind === 'room') session.room = cid;
  else {
    if (!isSelf(asking, m) && !isMember(held, session.clientId)) return notMember();
    join(asking, held, m);
  }
  return [{ cmd: 'conv', op: 'added', convMessage: { cid, allowedPids: m } }];
};

export const remove = (asking: Asking, { convMessage: { cid, m = [] } }: CommandOf<'conv', 'remove'>): Answers => {
  const { world, session } = asking;
  const held = world.memory.find(cid);
  if (held === undefined) return noSuchConversation(cid);
  const { info } = held;
  if (info.kind === 'temporary') return refused(4314, NOT_ORDINARY, 'the members of a temporary conversation are fixed');
  if (info.kind === 'room') {
    if (!isSelf(asking, m)) return refused(4314, NOT_ORDINARY, 'nobody can be removed from a chat room');
    if (session.room === cid) session.room = undefined;
  } else {
    if (!isMember(held, session.clientId)) return notMember();
    const gone = m.filter((member) => isMember(held, member));
    held.info = { ...info, members: (info.members ?? []).filter((member) => !gone.includes(member)) };
    if (gone.length > 0) tellLeft(asking, held, gone);
  }
  return [{ cmd: 'conv', op: 'removed', convMessage: { cid, allowedPids: m } }];
};

/** Of a chat room, how many are in it now. */
export const count = ({ world: { memory, sessions } }: Asking, { convMessage: { cid } }: CommandOf<'conv', 'count'>): Answers => {
  const held = memory.find(cid);
  if (held === undefined) return noSuchConversation(cid);
  const { kind, members = [] } = held.info;
  const inside = kind === 'room' ? new Set(sessions.inRoom(cid).map(({ clientId }) => clientId)).size : members.length;
  return [{ cmd: 'conv', op: 'result', convMessage: { cid, count: inside } }];
};

/** How far the others have received and read: each of them, or the furthest. */
export const maxRead = ({ world: { memory }, session }: Asking, { convMessage }: CommandOf<'conv', 'max_read'>): Answers => {
  const { cid, queryAllMembers = false } = convMessage;
  const held = memory.find(cid);
  if (held === undefined) return noSuchConversation(cid);
  const times = (member: string) => {
    const readAt = held.read.get(member)?.at;
    const receivedAt = Math.max(held.received.get(member)?.at ?? -Infinity, readAt ?? -Infinity);
    return {
      ...(receivedAt === -Infinity ? {} : { maxAckTimestamp: receivedAt }),
      ...(readAt === undefined ? {} : { maxReadTimestamp: readAt }),
    };
  };
  const others = (held.info.members ?? []).filter((member) => member !== session.clientId);
  const furthest = others.map(times).reduce(
    (most, { maxAckTimestamp: ack = -Infinity, maxReadTimestamp: read = -Infinity }) => ({
      ...most,
      ...(ack > (most.maxAckTimestamp ?? -Infinity) ? { maxAckTimestamp: ack } : {}),
      ...(read > (most.maxReadTimestamp ?? -Infinity) ? { maxReadTimestamp: read } : {}),
    }),
    {},
  );
  const told = queryAllMembers ? { maxReadTuples: others.map((pid) => ({ pid, ...times(pid) })) } : furthest;
  return [{ cmd: 'conv', op: 'max_read', convMessage: { cid, ...told } }];
};
