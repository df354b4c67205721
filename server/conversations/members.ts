/** Members come and go. */
import type { ConversationInfo, MemberRole } from '../../codecs/index.js';
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import { Refusal, type RefusalCode, reasonOf } from '../refusal.js';
import { asMember, existing, isMember } from './access.js';
import { tellJoined, tellLeft } from './notices.js';
import { outranks } from './ranks.js';

const MAX_ID = 64;

/** Refuses what can't be client ids. */
export const checkMembers = (members: readonly string[]): void => {
  if (members.some((member) => member.length < 1 || member.length > MAX_ID))
    throw new Refusal(4103, `a member's id has 1 to ${MAX_ID} characters`);
};

/** For whom a change came about, and for whom not. */
export interface Outcome {
  readonly allowed: readonly string[];
  readonly failed: readonly Failure[];
}

/** Why it did not come about for some. */
export interface Failure {
  /** As the protocol has it. */
  readonly code: number;
  readonly reason: string;
  readonly detail: string;
  readonly pids: string[];
}

export const failure = (code: RefusalCode, detail: string, clientIds: readonly string[]): readonly Failure[] =>
  clientIds.length === 0 ? [] : [{ code, reason: reasonOf(code), detail, pids: [...clientIds] }];

/** As answers have it. */
export const toWire = ({ allowed, failed }: Outcome): { allowedPids: string[]; failedPids?: Failure[] } => ({
  allowedPids: [...allowed],
  ...(failed.length === 0 ? {} : { failedPids: [...failed] }),
});

/** Whether the actor does it to itself and to nobody else. */
export const isSelf = ({ clientId }: Actor, members: readonly string[]): boolean => members.length === 1 && members[0] === clientId;

/** Enters a chat room, and leaves the one before. */
const enter = async (app: App, { session, clientId }: Actor, id: string): Promise<Outcome> => {
  if (session === undefined || clientId === undefined) throw new Refusal(4314, 'who is in a chat room has entered it: nobody can be added');
  if ((await app.store.whoIsListed(id, 'blocked', [clientId])).size > 0)
    return { allowed: [], failed: failure(4315, 'blocked in this chat room', [clientId]) };
  await session.enter(id);
  await app.store.rememberRoom(session.login.token, { id });
  return { allowed: [clientId], failed: [] };
};

const mayAdd = (info: ConversationInfo, actor: Actor, wanted: readonly string[]): void => {
  if (actor.isBackEnd || isSelf(actor, wanted)) return;
  if (info.kind !== 'ordinary') throw new Refusal(4314, 'here everybody joins for himself');
  if (!isMember(info, actor)) throw new Refusal(4317, 'only a member adds others; join first');
};

/** Adds members, which a member does, and the back end; or the client itself, which anybody may. Who finds no room, or is blocked, is named in the outcome. */
export const addMembers = async (app: App, actor: Actor, id: string, wanted: readonly string[]): Promise<Outcome> => {
  checkMembers(wanted);
  return app.inOrder(id, async () => {
    const conversation = await existing(app, id);
    if (conversation.kind === 'temporary') throw new Refusal(4314, 'the members of a temporary conversation are fixed');
    mayAdd(conversation, actor, wanted);
    if (conversation.kind === 'room') {
      if (!isSelf(actor, wanted)) throw new Refusal(4314, 'who is in a chat room has entered it: nobody can be added');
      return enter(app, actor, id);
    }
    const { hooks, store, limits } = app;
    const chosen = await hooks.conversationAdd({ convId: id, initBy: actor.clientId, members: wanted });
    const blocked = await store.whoIsListed(id, 'blocked', chosen);
    const limit = conversation.kind === 'system' ? Infinity : limits.members;
    const welcome = chosen.filter((member) => !blocked.has(member));
    const { added, present, full } = (await store.addMembers(id, welcome, limit)) ?? { added: [], present: [], full: welcome };
    if (added.length > 0 && conversation.kind === 'ordinary') {
      await tellJoined(app, actor, {
        id,
        added: added.filter((member) => member !== actor.clientId),
        named: added,
        members: [...(conversation.members ?? []), ...added],
      });
    }
    if (added.length > 0) hooks.conversationAdded({ convId: id, initBy: actor.clientId, members: added });
    return {
      allowed: [...added, ...present],
      failed: [
        ...failure(4304, `a conversation has at most ${limits.members} members`, full),
        ...failure(4315, 'blocked in this conversation', [...blocked]),
      ],
    };
  });
};

/** Takes members away and tells everybody; the conversation is known to be an ordinary one, and the actor to be allowed to. */
export const dismiss = async (app: App, actor: Actor, info: ConversationInfo, wanted: readonly string[]): Promise<void> => {
  const gone = await app.store.removeMembers(info.id, wanted);
  if (gone.length === 0) return;
  if (info.kind === 'ordinary')
    await tellLeft(app, actor, { id: info.id, gone, members: (info.members ?? []).filter((member) => !gone.includes(member)) });
  app.hooks.conversationRemoved({ convId: info.id, initBy: actor.clientId, members: gone });
};

/** Removes members, the client itself among them or not. Who was none is no failure; who ranks above the actor, or as high, is one. */
export const removeMembers = async (app: App, actor: Actor, id: string, wanted: readonly string[]): Promise<Outcome> =>
  app.inOrder(id, async () => {
    const conversation = await existing(app, id);
    const { kind } = conversation;
    if (kind === 'temporary') throw new Refusal(4314, 'the members of a temporary conversation are fixed');
    if (kind === 'room') {
      if (!isSelf(actor, wanted)) throw new Refusal(4314, 'nobody can be removed from a chat room; block them');
      if (actor.session?.room() === id) {
        actor.session.exit();
        await app.store.rememberRoom(actor.session.login.token, undefined);
      }
      return { allowed: wanted, failed: [] };
    }
    await asMember(app, actor, id, 4317);
    if (kind === 'system' && !actor.isBackEnd && !isSelf(actor, wanted)) throw new Refusal(4314, 'here everybody unsubscribes for himself');
    const chosen = await app.hooks.conversationRemove({ convId: id, initBy: actor.clientId, members: wanted });
    const roles: ReadonlyMap<string, MemberRole> = await app.store.roles(id);
    const [above, below] = split(chosen, (member) => member !== actor.clientId && !outranks(roles, actor, member, true));
    await dismiss(app, actor, conversation, below);
    return { allowed: below, failed: failure(4320, 'a member of your rank, or above it, can not be removed by you', above) };
  });

const split = (ids: readonly string[], passes: (id: string) => boolean): readonly [readonly string[], readonly string[]] => [
  ids.filter(passes),
  ids.filter((id) => !passes(id)),
];
