import { either as E } from 'fp-ts';
import { decodeAttributes, type ConversationInfo, type ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { Refusal } from '../refusal.js';
import type { Session } from '../session.js';
import type { CommandOf, Handler } from './handler.js';

const MAX_ID = 64;

/** Permanent: a client that comes back can ask for what it missed from `serverTs` on. */
const PERMANENT = 1;

const attributesOf = (data: string | undefined): ConversationInfo['attributes'] => {
  const attributes = decodeAttributes(data ?? '{}');
  if (E.isLeft(attributes)) throw new Refusal(4114, `attr: ${attributes.left.message}`);
  return attributes.right;
};

/** Tells the members: who was added hears both notices, the others one; the session that acted has its answer. */
const notify = (app: App, { id, clientId }: Session, { id: cid, members = [] }: ConversationInfo): void => {
  const notice = (op: 'joined' | 'members_joined', m?: readonly string[]): ServerCommand => ({
    cmd: 'conv',
    op,
    serverTs: app.clock.now(),
    notificationType: PERMANENT,
    convMessage: { cid, initBy: clientId, ...(m === undefined ? {} : { m: [...m] }) },
  });
  for (const member of members) {
    if (member !== clientId) app.bus.publish(member, { _tag: 'Push', command: notice('joined') });
    app.bus.publish(member, { _tag: 'Push', command: notice('members_joined', members), except: id });
  }
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

  const { name, ...attributes } = attributesOf(convMessage.attr?.data);
  const now = clock.now();
  const { info, isNew } = await store.createConversation({
    creator: creator.clientId,
    members,
    ...(typeof name === 'string' ? { name } : {}),
    attributes,
    unique: convMessage.unique === true,
    now,
  });
  if (isNew) notify(app, creator, info);
  return {
    answer: { cmd: 'conv', op: 'started', convMessage: { cid: info.id, cdate: new Date(info.createdAt ?? now).toISOString() } },
  };
};
