/** Creates and deletes conversations. */
import { either as E } from 'fp-ts';
import { defined } from '../../codecs/defined.js';
import { JsonObject, encodeAttributes, parseJson, type ConversationInfo } from '../../codecs/index.js';
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import { Refusal } from '../domain/refusal.js';
import { isMember } from '../domain/conversations/access.js';
import { checkMembers, checkNumber, foundersOf } from '../domain/conversations/members.js';
import { addedNotices, leftNotices } from '../domain/conversations/notices.js';
import { draftOf, type WantedInfo } from '../domain/conversations/start.js';
import { existing } from './access.js';
import { addMembers, enterRoom } from './members.js';
import { endRoom, tell } from './notices.js';

const FULL = 4304;
const BLOCKED = 4315;

export interface Wanted extends WantedInfo {
  /**
   * Refuses if the client would have to join the existing conversation and its signature does not allow that.
   * Default: joining is allowed.
   */
  readonly verifyJoin?: (id: string) => Promise<void>;
}

/** The name and the attributes in the form that hooks and the wire use. */
export const asJson = ({ name, attributes }: Pick<ConversationInfo, 'name' | 'attributes'>): JsonObject => {
  const json = parseJson(encodeAttributes({ ...attributes, ...defined({ name }) }));
  return E.isRight(json) && JsonObject.is(json.right) ? json.right : {};
};

/**
 * A client that asks for a unique conversation that it has quit becomes a member again, by the same rules as any
 * client that joins. Otherwise it is refused, since it could do nothing with the conversation.
 */
const joined = async (
  app: App,
  actor: Actor,
  info: ConversationInfo,
  { verifyJoin }: Wanted,
): Promise<ConversationInfo> => {
  const { clientId } = actor;
  if (info.kind !== 'ordinary' || clientId === undefined || isMember(info, actor)) return info;
  await verifyJoin?.(info.id);
  const { allowed, failed } = await addMembers(app, actor, info.id, [clientId]);
  const [no] = failed;
  if (no !== undefined) throw new Refusal(no.code === FULL ? FULL : BLOCKED, no.detail);
  if (!allowed.includes(clientId)) throw new Refusal(4305, 'the application has chosen others');
  return existing(app, info.id);
};

/**
 * Creates a conversation. With `unique`, gives the existing conversation of the same members if there is one. If the
 * actor is a client and the conversation has members, the actor is one of them.
 */
export const createConversation = async (app: App, actor: Actor, wanted: Wanted): Promise<ConversationInfo> => {
  const { store, wall, limits, hooks } = app;
  const { kind } = wanted;
  const { clientId } = actor;
  checkNumber(wanted.members, limits.clientIds);
  const members = [...foundersOf(actor, wanted.members)];
  const limit = kind === 'temporary' ? limits.temporaryMembers : limits.members;
  if (members.length > limit) throw new Refusal(4304, `a ${kind} conversation has at most ${limit} members`);
  checkMembers(members);
  // The back end may create as much as it wants.
  const atMost = actor.isBackEnd
    ? undefined
    : { created: limits.createdConversations, memberships: limits.memberships };
  const draft = { ...draftOf(actor, wanted, wall.now()), ...defined({ atMost }) };
  const attr = asJson(wanted);
  if (Buffer.byteLength(JSON.stringify(attr)) > limits.attributeBytes)
    throw new Refusal(4301, `the attributes of a conversation have at most ${limits.attributeBytes} bytes`);
  await hooks.conversationStart({ initBy: clientId, members, attr });

  const tellCreated = async (info: ConversationInfo): Promise<void> => {
    const { id } = info;
    // A member that finds the conversation at once may also quit at once. The notice of the quit has to come after
    // these notices.
    if (kind === 'ordinary' || kind === 'temporary')
      await app.inOrder(id, () => tell(app, actor, addedNotices(actor, info, [], members, app.stamp())));
    hooks.conversationStarted({ convId: id, initBy: clientId, members, attr });
  };
  if (!draft.unique) {
    const { info } = await store.createConversation({ ...draft, now: wall.now() });
    await tellCreated(info);
    // Who makes a chat room is in it.
    if (kind === 'room' && actor.session !== undefined) await enterRoom(app, actor, info.id);
    return info;
  }
  const key = JSON.stringify([kind, ...members.toSorted()]);
  // A request for the same conversation is answered only after its members have been told, because its client can
  // send messages from then on.
  return app.inOrder(key, async () => {
    const now = wall.now();
    const make = () => store.createConversation({ ...draft, now });
    const { info, isNew } = await app.attempt(key, make, {
      // Who asks again finds the conversation, so it is not new, and its members would never be told.
      settle: async () => {
        const made = await make();
        if (made.isNew || made.info.createdAt === now) await tellCreated(made.info);
        return true;
      },
    });
    if (!isNew) return joined(app, actor, info, wanted);
    await tellCreated(info);
    return info;
  });
};

/** Deletes a conversation. Its members, or the clients in the chat room, are told that they are no longer in it. */
export const deleteConversation = async (app: App, actor: Actor, id: string): Promise<void> =>
  app.alone(id, async () => {
    const { kind, members = [] } = await existing(app, id);
    const tellDeleted = async (): Promise<void> => {
      if (kind === 'room') endRoom(app, actor, id);
      if (kind === 'ordinary') await tell(app, actor, leftNotices(actor, id, members, members, app.stamp()));
    };
    await app.attempt(id, () => app.store.deleteConversation(id), {
      settle: async () => {
        const isDeleted = (await app.store.conversations([id])).length === 0;
        if (isDeleted) await tellDeleted();
        return isDeleted;
      },
    });
    await tellDeleted();
  });
