/** What a conversation is like changes. */
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { assignAttribute, encodeAttributes, record, removeAttribute, type Attribute, type ConversationInfo } from '../../codecs/index.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';
import type { Notice } from '../bus.js';
import { Refusal } from '../refusal.js';
import { asMember, existing, ordinaryOnly } from './access.js';
import { asJson } from './create.js';
import { changedBy } from './described-by.js';
import { by } from './notices.js';
import { hasRole } from './ranks.js';

const Delete = record('Delete', { __op: t.literal('Delete') }, {});

type Attributes = ConversationInfo['attributes'];

/** What stays or comes, and what goes, by keys with dots. */
const parted = (changed: Attributes): { readonly set: Attributes; readonly removed: readonly string[] } => {
  const isGone = ([, value]: readonly [string, Attribute]): boolean => E.isRight(Delete.decode(value));
  const entries = Object.entries(changed);
  return {
    set: Object.fromEntries(entries.filter((entry) => !isGone(entry))),
    removed: entries.filter(isGone).map(([key]) => key),
  };
};

const nulls = (keys: readonly string[]): Attributes => Object.fromEntries(keys.map((key) => [key, null]));

/** When attributes were changed, and which they are now. */
export interface Changed {
  readonly at: number;
  /** As the answer and the notice have it. */
  readonly attrModified: string;
}

const tooLong = (bytes: number): Refusal => new Refusal(4306, `the attributes of a conversation have at most ${bytes} bytes`);

/** Each key costs a copy of what lies beside it. */
const MAX_KEYS = 500;
/** As deep as attributes may be at all. */
const MAX_DEPTH = 100;

const checkKeys = (keys: readonly string[]): void => {
  if (keys.length > MAX_KEYS) throw new Refusal(4306, `at most ${MAX_KEYS} attributes are changed at a time`);
  if (keys.some((key) => key.split('.', MAX_DEPTH + 1).length > MAX_DEPTH))
    throw new Refusal(4306, `attributes have at most ${MAX_DEPTH} levels`);
};

/** The conversation, if the actor may change it: members an ordinary one, whoever has made it a chat room, and the back end a system conversation. */
const changeable = async (app: App, actor: Actor, id: string): Promise<ConversationInfo> => {
  const found = await existing(app, id);
  if (actor.isBackEnd && found.kind !== 'temporary') return found;
  if (found.kind === 'room') {
    if (!hasRole(await app.store.roles(id), actor, 'Manager')) throw new Refusal(4309, 'only who has made a chat room changes it');
    return found;
  }
  const conversation = await asMember(app, actor, id, 4309);
  ordinaryOnly(conversation, 'can not be changed');
  return conversation;
};

/**
 * Changes the name and attributes, and tells the other sessions of all members, or of who is in the chat room, which (protocol: conv/update). What goes is `null` in the notice's `attr`, where every client understands it, and missing from `attrModified`,
 * by which a client tells it from an attribute that is null.
 */
export const updateAttributes = async (app: App, actor: Actor, id: string, data: string): Promise<Changed> =>
  app.inOrder(id, async () => {
    const { store, bus, clock, limits, hooks } = app;
    const conversation = await changeable(app, actor, id);
    if (Buffer.byteLength(data) > 2 * limits.attributeBytes) throw tooLong(limits.attributeBytes);
    const { name, attributes: changed } = changedBy(data);
    checkKeys(Object.keys(changed));
    const { set, removed } = parted(changed);
    await hooks.conversationUpdate({
      convId: id,
      initBy: actor.clientId,
      attr: asJson({ ...naming(name), attributes: { ...set, ...nulls(removed) } }),
    });
    const assigned = Object.entries(set).reduce(
      (all, [key, value]) => assignAttribute(all, key.split('.'), value),
      conversation.attributes,
    );
    const attributes = removed.reduce((all, key) => removeAttribute(all, key.split('.')), assigned);
    const described = { ...attributes, ...naming(name ?? conversation.name) };
    if (Buffer.byteLength(encodeAttributes(described)) > limits.attributeBytes) throw tooLong(limits.attributeBytes);
    const at = clock.now();
    await store.updateConversation(id, { attributes, ...naming(name) }, at);
    const attrModified = encodeAttributes({ ...set, ...naming(name) });
    const attr = encodeAttributes({ ...set, ...nulls(removed), ...naming(name) });
    const notice: Notice = {
      _tag: 'Push',
      command: {
        cmd: 'conv',
        op: 'updated',
        serverTs: at,
        convMessage: {
          cid: id,
          ...by(actor),
          attr: { data: attr },
          attrModified: { data: attrModified },
          udate: new Date(at).toISOString(),
        },
      },
      ...exceptActor(actor),
    };
    // Without a priority, though it is a chat room: nothing else would tell of it later.
    if (conversation.kind === 'room') bus.publishRoom(id, notice);
    else bus.publish(conversation.members ?? [], notice);
    return { at, attrModified };
  });

const naming = (name: string | undefined): { readonly name?: string } => (name === undefined ? {} : { name });

/** A member wants push notifications of a conversation, or none. Gives when the conversation was last changed. */
export const setMuted = async (app: App, actor: Actor & { readonly clientId: string }, id: string, muted: boolean): Promise<number> =>
  app.inOrder(id, async () => {
    const conversation = await asMember(app, actor, id, 4317);
    if (conversation.kind === 'temporary' || conversation.kind === 'room') ordinaryOnly(conversation, 'pushes nothing that could be muted');
    const { mutedMembers = [], updatedAt = 0 } = conversation;
    const others = mutedMembers.filter((member) => member !== actor.clientId);
    await app.store.updateConversation(id, { mutedMembers: muted ? [...others, actor.clientId] : others }, app.clock.now());
    return updatedAt;
  });
