/** Adds and removes members. */
import type { ConversationInfo } from '../../codecs/index.js';
import { causedBy, type Actor } from '../actor.js';
import type { App } from '../app.js';
import {
  checkAdding,
  checkMembers,
  checkNumber,
  checkRemoving,
  failure,
  isSelf,
  partedByRank,
  removed,
  type TimedOutcome,
} from '../domain/conversations/members.js';
import { addedNotices, leftNotices, wholeNotices } from '../domain/conversations/notices.js';
import type { Roles } from '../domain/conversations/ranks.js';
import { Refusal } from '../domain/refusal.js';
import { existing } from './access.js';
import { tell } from './notices.js';

/** The members, as the store has them now. */
const membersNow = async (app: App, id: string): Promise<ReadonlySet<string>> => {
  const [now] = await app.store.conversations([id]);
  return new Set(now?.members);
};

/** There may be other processes. */
const isOneOfSeveral = ({ bus }: App): boolean => bus.exclusively !== undefined;

/** Who comes and goes in a chat room changes nothing that others look at: many do at a time. */
const turnsOf = async (app: App, id: string): Promise<App['inOrder']> =>
  !isOneOfSeveral(app) || (await existing(app, id)).kind === 'room' ? app.inOrder : app.alone;

/** Enters a chat room, and leaves the one before. */
export const enterRoom = async (app: App, { session, clientId }: Actor, id: string): Promise<TimedOutcome> => {
  if (session === undefined || clientId === undefined)
    throw new Refusal(4314, 'who is in a chat room has entered it: nobody can be added');
  const blocked = (): TimedOutcome => ({
    allowed: [],
    failed: failure(4315, 'blocked in this chat room', [clientId]),
    at: app.stamp(),
  });
  if ((await app.store.whoIsListed(id, 'blocked', [clientId])).size > 0) return blocked();
  // Remembered first: if that fails, nothing has changed, and the client can try again.
  await app.store.rememberRoom(session.login.token, session.id, { id });
  await session.enter(id);
  // A process that blocks it meanwhile tells only who is in the room.
  if (isOneOfSeveral(app) && (await app.store.whoIsListed(id, 'blocked', [clientId])).size > 0) {
    session.exit();
    await app.store.rememberRoom(session.login.token, session.id, undefined);
    return blocked();
  }
  return { allowed: [clientId], failed: [], at: app.stamp() };
};

/**
 * Shows a conversation to new members: who is there, its name and its attributes. Only those sessions get it that have
 * seen an outline of the conversation, which their clients may have kept.
 */
const showWhole = (app: App, actor: Actor, info: ConversationInfo, added: readonly string[]): void => {
  for (const command of wholeNotices(info, app.stamp()))
    app.bus.publish(added, { _tag: 'Push', command, outlined: info.id, ...causedBy(actor) });
};

/**
 * Adds members. Members and the back end can add others; every client can add itself. The outcome names the clients
 * that are blocked and those for which there was no room.
 */
export const addMembers = async (
  app: App,
  actor: Actor,
  id: string,
  wanted: readonly string[],
): Promise<TimedOutcome> => {
  checkNumber(wanted, app.limits.clientIds);
  checkMembers(wanted);
  return (await turnsOf(app, id))(id, async () => {
    const conversation = await existing(app, id);
    checkAdding(conversation, actor, wanted);
    if (conversation.kind === 'room') return enterRoom(app, actor, id);
    const { hooks, store, limits } = app;
    const chosen = await hooks.conversationAdd({ convId: id, initBy: actor.clientId, members: wanted });
    const limit = conversation.kind === 'system' ? limits.subscribers : limits.members;
    const memberships = actor.isBackEnd ? Infinity : limits.memberships;
    const tellAdded = async (added: readonly string[], at = app.stamp()): Promise<void> => {
      if (added.length === 0) return;
      if (conversation.kind === 'ordinary') {
        await tell(app, actor, addedNotices(actor, conversation, conversation.members ?? [], added, at));
        if (!app.isShown(conversation)) showWhole(app, actor, conversation, added);
      }
      hooks.conversationAdded({ convId: id, initBy: actor.clientId, members: added });
    };
    const admission = await app.attempt(id, () => store.addMembers(id, chosen, limit, memberships), {
      settle: async () => {
        const isMember = await membersNow(app, id);
        const wasMember = new Set(conversation.members);
        const added = [...new Set(chosen)].filter((member) => isMember.has(member) && !wasMember.has(member));
        await tellAdded(added);
        return added.length > 0;
      },
    });
    if (admission === undefined) throw new Refusal(4303, `there is no conversation ${id}`);
    const { added, present, full, blocked } = admission;
    const at = app.stamp();
    await tellAdded(added, at);
    return {
      at,
      allowed: [...added, ...present],
      failed: [
        ...failure(4304, `there is room for ${limit} members, and a client is in ${limits.memberships} at most`, full),
        ...failure(4315, 'blocked in this conversation', blocked),
      ],
    };
  });
};

/** Tells everybody, and the application, of members that were removed. `info` is the conversation before that. */
export const tellRemoved = async (
  app: App,
  actor: Actor,
  info: ConversationInfo,
  gone: readonly string[],
  at = app.stamp(),
): Promise<void> => {
  if (gone.length === 0) return;
  if (info.kind === 'ordinary') await tell(app, actor, leftNotices(actor, info.id, info.members ?? [], gone, at));
  app.hooks.conversationRemoved({ convId: info.id, initBy: actor.clientId, members: gone });
};

const NEEDED = 'roles were given in this conversation, so it needs its owner';

/** Those that can't be removed: the owner, once roles were given. Only the back end can. */
const neededIn = async (
  { store }: App,
  { isBackEnd }: Actor,
  { id, members = [] }: ConversationInfo,
  wanted: readonly string[],
  roles: Roles,
): Promise<readonly string[]> => {
  const owners = wanted.filter((member) => roles.get(member) === 'Owner' && members.includes(member));
  return isBackEnd || owners.length === 0 || !(await store.hasRoles(id)) ? [] : owners;
};

/**
 * Removes members; the acting client may be one of them. A client that was not a member is not a failure. A client
 * whose rank is not below the actor's is a failure.
 */
export const removeMembers = async (
  app: App,
  actor: Actor,
  id: string,
  wanted: readonly string[],
): Promise<TimedOutcome> => {
  checkNumber(wanted, app.limits.clientIds);
  return (await turnsOf(app, id))(id, async () => {
    const conversation = await existing(app, id);
    checkRemoving(conversation, actor, wanted);
    if (conversation.kind === 'room') {
      const { session } = actor;
      if (session?.room() === id) {
        // Forgotten first: if that fails, the client is still in the room, and can try again.
        await app.store.rememberRoom(session.login.token, session.id, undefined);
        session.exit();
      }
      return { allowed: wanted, failed: [], at: app.stamp() };
    }
    const chosen = await app.hooks.conversationRemove({ convId: id, initBy: actor.clientId, members: wanted });
    const roles = await app.store.roles(id);
    const ranked = partedByRank(roles, actor, chosen);
    const { above } = ranked;
    const stays = await neededIn(app, actor, conversation, ranked.below, roles);
    if (stays.length > 0 && isSelf(actor, wanted)) throw new Refusal(4324, NEEDED);
    const below = ranked.below.filter((member) => !stays.includes(member));
    const gone = await app.attempt(id, () => app.store.removeMembers(id, below), {
      settle: async () => {
        const isMember = await membersNow(app, id);
        const isWanted = new Set(below);
        const left = conversation.members?.filter((member) => isWanted.has(member) && !isMember.has(member)) ?? [];
        await tellRemoved(app, actor, conversation, left);
        return left.length > 0;
      },
    });
    const at = app.stamp();
    await tellRemoved(app, actor, conversation, gone, at);
    const { allowed, failed } = removed(below, above);
    return { allowed, failed: [...failed, ...failure(4324, NEEDED, stays)], at };
  });
};
