import { either as E, function as F } from 'fp-ts';
import { Conversation, decodeAttributes, type ConversationInfo, type ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { Refusal } from '../refusal.js';
import type { Session } from '../session.js';
import type { CommandOf, Handler } from './handler.js';

const MAX_ID = 64;

/** Permanent: a client that comes back can ask for what it missed from `serverTs` on. */
const PERMANENT = 1;

/** Whether a conversation with this key would be read as having the attribute, or the name. */
const isFree = ([key, value]: readonly [string, unknown]): boolean =>
  F.pipe(
    Conversation.decode({ [key]: value, objectId: '' }),
    E.exists(({ name, attributes }) => Object.hasOwn(attributes, key) || name !== undefined),
  );

/**
 * The name and the attributes. They lie beside the protocol's own keys, which therefore can't be attributes: a `tr` would make a chat room of
 * the conversation, and an `lm` that is no date would make it unreadable for everybody.
 */
const describedBy = (data: string): Pick<ConversationInfo, 'name' | 'attributes'> => {
  const given = decodeAttributes(data);
  if (E.isLeft(given)) throw new Refusal(4114, `attr: ${given.left.message}`);
  const reserved = Object.entries(given.right).filter((entry) => !isFree(entry));
  if (reserved.length > 0) throw new Refusal(4301, `attr: the protocol has its own meaning for ${reserved.map(([key]) => key).join(', ')}`);
  const { name, ...attributes } = given.right;
  return typeof name === 'string' ? { name, attributes } : { attributes: given.right };
};

/** Tells the members: who was added hears both notices, the others one; the session that acted has its answer. */
const notify = ({ bus, clock }: App, { id, clientId }: Session, { id: cid, members = [] }: ConversationInfo): void => {
  const notice = (op: 'joined' | 'members_joined', m?: readonly string[]): ServerCommand => ({
    cmd: 'conv',
    op,
    serverTs: clock.now(),
    notificationType: PERMANENT,
    convMessage: { cid, initBy: clientId, ...(m === undefined ? {} : { m: [...m] }) },
  });
  bus.publish(
    members.filter((member) => member !== clientId),
    { _tag: 'Push', command: notice('joined') },
  );
  bus.publish(members, { _tag: 'Push', command: notice('members_joined', members), except: id });
};

/** Creates a conversation; its creator is always a member. */
export const convStart: Handler<CommandOf<'conv', 'start'>> = async ({ app, session }, { convMessage }) => {
  const { store, clock, limits } = app;
  const creator = session();
  const members = [...new Set([creator.clientId, ...(convMessage.m ?? [])])];
  if (members.length > limits.members) throw new Refusal(4304, `a conversation has at most ${limits.members} members`);
  const wrong = members.find((member) => member.length < 1 || member.length > MAX_ID);
  if (wrong !== undefined) throw new Refusal(4103, `a member's id has 1 to ${MAX_ID} characters`);
  if (convMessage.transient === true || convMessage.tempConv === true)
    throw new Refusal(4200, 'this server has ordinary conversations only');

  const now = clock.now();
  const { info, isNew } = await store.createConversation({
    creator: creator.clientId,
    members,
    ...describedBy(convMessage.attr?.data ?? '{}'),
    unique: convMessage.unique === true,
    now,
  });
  if (isNew) notify(app, creator, info);
  return {
    answer: { cmd: 'conv', op: 'started', convMessage: { cid: info.id, cdate: new Date(info.createdAt ?? now).toISOString() } },
  };
};
