/** Who may become a member, and who may be removed. */
import type { ConversationInfo } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import { Refusal, reasonOf, type RefusalCode } from '../refusal.js';
import { forMember, isMember } from './access.js';
import { outranks, type Roles } from './ranks.js';

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

/** Whether the party does it to itself and to nobody else. */
export const isSelf = ({ clientId }: Party, members: readonly string[]): boolean =>
  members.length === 1 && members[0] === clientId;

/** The members of a new conversation: whoever makes it is one, where it is a client. */
export const foundersOf = ({ clientId }: Party, wanted: readonly string[]): readonly string[] => [
  ...new Set([...(clientId === undefined ? [] : [clientId]), ...wanted]),
];

const isFixed = ({ kind }: ConversationInfo): void => {
  if (kind === 'temporary') throw new Refusal(4314, 'the members of a temporary conversation are fixed');
};

/** Refuses who may not add these: a member adds others, and everybody himself; a chat room is entered. */
export const checkAdding = (info: ConversationInfo, party: Party, wanted: readonly string[]): void => {
  isFixed(info);
  if (isSelf(party, wanted)) return;
  if (!party.isBackEnd && info.kind !== 'ordinary') throw new Refusal(4314, 'here everybody joins for himself');
  if (!party.isBackEnd && !isMember(info, party)) throw new Refusal(4317, 'only a member adds others; join first');
  if (info.kind === 'room') throw new Refusal(4314, 'who is in a chat room has entered it: nobody can be added');
};

/** Refuses who may not remove these: a member removes others, and everybody himself; a chat room is left. */
export const checkRemoving = (info: ConversationInfo, party: Party, wanted: readonly string[]): void => {
  isFixed(info);
  if (info.kind === 'room') {
    if (!isSelf(party, wanted)) throw new Refusal(4314, 'nobody can be removed from a chat room; block them');
    return;
  }
  forMember(info, party, 4317);
  if (info.kind === 'system' && !party.isBackEnd && !isSelf(party, wanted))
    throw new Refusal(4314, 'here everybody unsubscribes for himself');
};

/** Whom the party may remove, and who ranks above it, or as high. Members of no rank may remove one another. */
export const partedByRank = (
  roles: Roles,
  party: Party,
  wanted: readonly string[],
): { readonly below: readonly string[]; readonly above: readonly string[] } => {
  const isBelow = (member: string): boolean => member === party.clientId || outranks(roles, party, member, true);
  return { below: wanted.filter(isBelow), above: wanted.filter((member) => !isBelow(member)) };
};

/** What became of a removal. */
export const removed = (below: readonly string[], above: readonly string[]): Outcome => ({
  allowed: below,
  failed: failure(4320, 'a member of your rank, or above it, can not be removed by you', above),
});
