/** The notices of changes in a conversation, and who gets them (protocol: membership notices). */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo, ServerCommand } from '../../../codecs/index.js';
import { by, type Party } from '../party.js';
import { updatedNotice } from './attributes.js';

export type ConversationPush = Extract<ServerCommand, { cmd: 'conv' }>;

/** A notice and the clients that get it. */
export interface Telling {
  readonly to: readonly string[];
  readonly notice: ConversationPush;
}

type JoinedInfo = Pick<ConversationInfo, 'id' | 'kind' | 'ttl'>;

interface Joined {
  readonly info: JoinedInfo;
  /** The clients that were added; they get a notice of their own, too. */
  readonly added: readonly string[];
  /** The members after the change. */
  readonly members: readonly string[];
  /** When it was changed, ms. */
  readonly at: number;
}

/** When the members changed: Swift takes no change of members without a time. */
const udateOf = (at: number): { readonly udate: string } => ({ udate: new Date(at).toISOString() });

/** Java makes a conversation of the notice, if it does not know it: a temporary one only by this. */
const temporaryOf = ({ kind, ttl }: JoinedInfo): { readonly tempConv?: true; readonly tempConvTTL?: number } =>
  kind === 'temporary' ? { tempConv: true, ...defined({ tempConvTTL: ttl }) } : {};

/** The notices of new members. The new members get both notices, the others get one. */
const joinedNotices = (party: Party, { info, added, members, at }: Joined): readonly Telling[] => {
  const joining = { cid: info.id, ...by(party), ...udateOf(at), ...temporaryOf(info) };
  return [
    { to: added, notice: { cmd: 'conv', op: 'joined', convMessage: joining } },
    { to: members, notice: { cmd: 'conv', op: 'members_joined', convMessage: { ...joining, m: [...added] } } },
  ];
};

/** The notices of clients that were added to the members who were there. */
export const addedNotices = (
  party: Party,
  info: JoinedInfo,
  before: readonly string[],
  added: readonly string[],
  at: number,
): readonly Telling[] =>
  joinedNotices(party, {
    info,
    added,
    at,
    members: [...before, ...added],
  });

/** What a new member has not seen: those who were members before it, and the name and the attributes. */
export const wholeNotices = (info: ConversationInfo, at: number): readonly ConversationPush[] => {
  const { id, creator: clientId, name, attributes, members = [], updatedAt = 0 } = info;
  const party: Party = { isBackEnd: false, ...defined({ clientId }) };
  const change = { ...defined({ name }), set: attributes, removed: [], after: attributes };
  return [
    { cmd: 'conv', op: 'members_joined', convMessage: { cid: id, ...by(party), m: [...members], ...udateOf(at) } },
    updatedNotice(party, id, change, updatedAt),
  ];
};

/** The notices of removed members. The removed clients learn that they were removed, the others learn who has left. */
export const leftNotices = (
  party: Party,
  id: string,
  before: readonly string[],
  gone: readonly string[],
  at: number,
): readonly Telling[] => {
  const isGone = new Set(gone);
  return [
    { to: gone, notice: { cmd: 'conv', op: 'left', convMessage: { cid: id, ...by(party), ...udateOf(at) } } },
    {
      to: before.filter((member) => !isGone.has(member)),
      notice: { cmd: 'conv', op: 'members_left', convMessage: { cid: id, ...by(party), m: [...gone], ...udateOf(at) } },
    },
  ];
};
