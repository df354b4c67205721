/** Roles, silenced clients and blocked clients. */
import { array as A } from 'fp-ts';
import type { ConversationInfo, MemberRole } from '../../codecs/index.js';
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import { Refusal } from '../domain/refusal.js';
import type { ClientList } from '../store/store.js';
import { ordinaryOnly } from '../domain/conversations/access.js';
import { checkMembers, checkNumber, failure, type Outcome } from '../domain/conversations/members.js';
import type { ConversationPush } from '../domain/conversations/notices.js';
import { by } from '../domain/party.js';
import { asMember, asReader, existing } from './access.js';
import { tellRemoved } from './members.js';
import { tell, tellInside } from './notices.js';
import { hasRole, outranks, roleOf } from '../domain/conversations/ranks.js';

/**
 * Gives a member another role. The actor has to rank above the member, and the new role has to be below the actor's.
 */
export const setRole = async (app: App, actor: Actor, id: string, clientId: string, role: MemberRole): Promise<void> =>
  app.alone(id, async () => {
    const conversation = await asMember(app, actor, id, 4317);
    ordinaryOnly(conversation, 'has no roles');
    const { members = [] } = conversation;
    if (!members.includes(clientId)) throw new Refusal(4317, `${clientId} is not a member`);
    const roles = await app.store.roles(id);
    if (role === 'Owner' || roleOf(roles, clientId) === 'Owner')
      throw new Refusal(4324, 'the owner is who has made the conversation');
    if (!hasRole(roles, actor, 'Owner')) throw new Refusal(4320, 'only the owner gives roles');
    const convMessage = { cid: id, ...by(actor), info: { pid: clientId, role } };
    const tellRole = (): Promise<void> =>
      tell(app, actor, [{ to: members, notice: { cmd: 'conv', op: 'member_info_changed', convMessage } }]);
    await app.attempt(id, () => app.store.setRole(id, clientId, role), {
      settle: async () => {
        const isChanged = roleOf(roles, clientId) !== role && roleOf(await app.store.roles(id), clientId) === role;
        if (isChanged) await tellRole();
        return isChanged;
      },
    });
    await tellRole();
  });

/** The notices to the client concerned and to the others. */
const notices: Readonly<Record<ClientList, Readonly<Record<'on' | 'off', readonly [own: Op, others: MembersOp]>>>> = {
  silenced: { on: ['shutuped', 'members_shutuped'], off: ['unshutuped', 'members_unshutuped'] },
  blocked: { on: ['blocked', 'members_blocked'], off: ['unblocked', 'members_unblocked'] },
};
type Op = 'shutuped' | 'unshutuped' | 'blocked' | 'unblocked';
type MembersOp = 'members_shutuped' | 'members_unshutuped' | 'members_blocked' | 'members_unblocked';

/**
 * Tells the clients concerned, and in an ordinary conversation the members, whom the conversation names. A client that
 * has nothing to do with the conversation is not told: otherwise anybody could send notices to anybody.
 */
export const tellListed = async (
  app: App,
  actor: Actor,
  { id, kind, members = [] }: ConversationInfo,
  { changed, told }: { readonly changed: readonly string[]; readonly told: readonly string[] },
  ops: readonly [Op, MembersOp],
): Promise<void> => {
  const [own, others] = ops;
  const notice: ConversationPush = { cmd: 'conv', op: own, convMessage: { cid: id, ...by(actor) } };
  if (kind === 'room') {
    tellInside(app, actor, id, changed, notice);
    return;
  }
  // Who is blocked is no member any more. Who is silenced is one, and gets the notice to everybody too.
  const isOut = new Set(own === 'blocked' ? changed : []);
  const rest = kind === 'ordinary' ? members.filter((member) => !isOut.has(member)) : [];
  await tell(app, actor, [
    { to: told, notice },
    { to: rest, notice: { cmd: 'conv', op: others, convMessage: { cid: id, ...by(actor), m: [...changed] } } },
  ]);
};

const asManager = async (
  app: App,
  actor: Actor,
  id: string,
): Promise<{ readonly info: ConversationInfo; readonly roles: ReadonlyMap<string, MemberRole> }> => {
  const found = await existing(app, id);
  const info = found.kind === 'room' ? found : await asMember(app, actor, id, 4317);
  // Only the back end may change a system conversation.
  if (info.kind === 'temporary' || (info.kind === 'system' && !actor.isBackEnd)) ordinaryOnly(info, 'has no roles');
  const roles = await app.store.roles(id);
  if (!hasRole(roles, actor, 'Manager')) throw new Refusal(4320, 'only the owner and managers do this');
  return { info, roles };
};

/** Those that pass a test, and the others. */
const parted = <T>(all: readonly T[], passes: (one: T) => boolean): readonly [readonly T[], readonly T[]] => {
  const { left, right } = A.partition(passes)([...all]);
  return [right, left];
};

const words: Readonly<Record<ClientList, string>> = { silenced: 'silence', blocked: 'block' };

/**
 * Silences or blocks clients, or takes either back. The owner and the managers may do it to clients that rank below
 * them; in a chat room, its creator may. A blocked client is removed from the conversation or the chat room, and
 * can't come back.
 */
export const setListed = async (
  app: App,
  actor: Actor,
  id: string,
  list: ClientList,
  clientIds: readonly string[],
  listed: boolean,
): Promise<Outcome> => {
  checkNumber(clientIds, app.limits.clientIds);
  checkMembers(clientIds);
  return app.alone(id, async () => {
    const { info, roles } = await asManager(app, actor, id);
    const { store, bus, limits } = app;
    const wereIn = new Set(info.members);
    const isBelow = (clientId: string): boolean => outranks(roles, actor, clientId, false);
    const membersOnly = list === 'silenced' && info.kind === 'ordinary' && listed;
    const [below, above] = parted(clientIds, isBelow);
    const [wanted, strangers] = parted(below, (clientId) => !membersOnly || wereIn.has(clientId));
    const isBlock = list === 'blocked' && listed;
    const tellChange = async (
      changed: readonly string[],
      removed: readonly string[],
      told: readonly string[] = changed.filter((clientId) => wereIn.has(clientId)),
    ): Promise<void> => {
      await tellRemoved(app, actor, info, removed);
      if (changed.length > 0)
        await tellListed(app, actor, info, { changed, told }, notices[list][listed ? 'on' : 'off']);
    };
    const expel = (clients: readonly string[]): void => {
      if (isBlock && info.kind === 'room') bus.publish(clients, { _tag: 'Exit', roomId: id });
    };
    const before = await store.whoIsListed(id, list, wanted);
    const { changed, full, removed, wereMembers } = await app.attempt(
      id,
      () => store.setListed(id, list, wanted, listed, limits.listed),
      {
        settle: async () => {
          const now = await store.whoIsListed(id, list, wanted);
          const isMember = isBlock ? new Set((await existing(app, id)).members) : wereIn;
          const isWanted = new Set(wanted);
          const gone = info.members?.filter((member) => isWanted.has(member) && !isMember.has(member)) ?? [];
          const moved = wanted.filter((client) => now.has(client) !== before.has(client));
          await tellChange(moved, gone);
          expel(moved);
          return moved.length + gone.length > 0;
        },
      },
    );
    const isFull = new Set(full);
    const allowed = wanted.filter((clientId) => !isFull.has(clientId));
    await tellChange(changed, removed, list === 'blocked' && !listed ? (wereMembers ?? changed) : undefined);
    // A block that is repeated puts out who is still in the room.
    expel(allowed);
    return {
      allowed,
      failed: [
        ...failure(4320, `you can not ${words[list]} a member of your rank, or above it`, above),
        ...failure(4317, 'who is no member can not be silenced', strangers),
        ...failure(list === 'blocked' ? 4543 : 4561, `at most ${limits.listed} clients are on this list`, full),
      ],
    };
  });
};

/** Refuses who may not see the lists: members may, and in a chat room everybody. */
const asWatcher = async (app: App, actor: Actor, id: string): Promise<void> => {
  const { kind } = await existing(app, id);
  if (kind === 'room') await asReader(app, actor, id, 4317, app.isShown);
  else await asMember(app, actor, id, 4317);
};

/**
 * Those of some clients that are silenced, for ever or for some time, or are blocked; each once, in the order in which
 * they are asked for.
 */
export const listedAmong = async (
  app: App,
  actor: Actor,
  id: string,
  list: ClientList,
  clientIds: readonly string[],
): Promise<string[]> => {
  await asWatcher(app, actor, id);
  const { store } = app;
  const found = await (list === 'silenced'
    ? store.whoIsSilenced(id, clientIds)
    : store.whoIsListed(id, list, clientIds));
  return [...new Set(clientIds)].filter((clientId) => found.has(clientId));
};

const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;

/** A page of the silenced or the blocked clients. Members can see it; in a chat room, everybody can. */
export const listed = async (
  app: App,
  actor: Actor,
  id: string,
  list: ClientList,
  { limit = DEFAULT_PAGE, next }: { readonly limit?: number; readonly next?: string },
): Promise<{ readonly clientIds: readonly string[]; readonly next?: string }> => {
  await asWatcher(app, actor, id);
  const most = Math.min(Math.max(0, limit), MAX_PAGE);
  return most === 0 ? { clientIds: [] } : app.store.listed(id, list, most, next);
};
