/** Who is told of changes in a conversation (protocol: membership notices). */
import type { ServerCommand } from '../../../codecs/index.js';
import { by, type Party } from '../party.js';

export type ConversationPush = Extract<ServerCommand, { cmd: 'conv' }>;

/** What is told to whom. */
export interface Telling {
  readonly to: readonly string[];
  readonly notice: ConversationPush;
}

interface Joined {
  readonly id: string;
  /** Who was invited: they hear that of themselves too. */
  readonly added: readonly string[];
  /** Whom the notice to everybody names. */
  readonly named: readonly string[];
  /** Who is a member now. */
  readonly members: readonly string[];
}

/** Who was added hears both notices, the others one; the session that acted has its answer. */
const joinedNotices = (party: Party, { id, added, named, members }: Joined): readonly Telling[] => [
  { to: added, notice: { cmd: 'conv', op: 'joined', convMessage: { cid: id, ...by(party) } } },
  { to: members, notice: { cmd: 'conv', op: 'members_joined', convMessage: { cid: id, ...by(party), m: [...named] } } },
];

/** Of members who were added to those who were there. */
export const addedNotices = (
  party: Party,
  id: string,
  before: readonly string[],
  added: readonly string[],
): readonly Telling[] =>
  joinedNotices(party, {
    id,
    added: added.filter((member) => member !== party.clientId),
    named: added,
    members: [...before, ...added],
  });

/** Those who were removed hear that they were, and the others who is gone; the session that acted has its answer. */
export const leftNotices = (
  party: Party,
  id: string,
  before: readonly string[],
  gone: readonly string[],
): readonly Telling[] => [
  { to: gone, notice: { cmd: 'conv', op: 'left', convMessage: { cid: id, ...by(party) } } },
  {
    to: before.filter((member) => !gone.includes(member)),
    notice: { cmd: 'conv', op: 'members_left', convMessage: { cid: id, ...by(party), m: [...gone] } },
  },
];
