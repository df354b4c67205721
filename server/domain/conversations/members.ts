/** Rules for adding and removing members. */
import type { ConversationInfo } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import { Refusal, reasonOf, type RefusalCode } from '../refusal.js';
import { forMember, isMember } from './access.js';
import { outranks, type Roles } from './ranks.js';

/** The longest id of a client, characters. */
export const MAX_ID = 64;

export const isClientId = (id: unknown): id is string =>
  typeof id === 'string' && id.length >= 1 && id.length <= MAX_ID;

/** Refuses more clients than one request may name with 4114. */
export const checkNumber = (members: readonly string[], most: number): void => {
  if (members.length > most) throw new Refusal(4114, `one request names at most ${most} clients`);
};

/** Refuses ids that are not valid client ids with 4103. */
export const checkMembers = (members: readonly string[]): void => {
  if (!members.every(isClientId)) throw new Refusal(4103, `a member's id has 1 to ${MAX_ID} characters`);
};

/** The clients for which a change succeeded, and those for which it failed. */
export interface Outcome {
  readonly allowed: readonly string[];
  readonly failed: readonly Failure[];
}

/** An outcome, and when it came about, ms. Swift takes no change of members without a time. */
export interface TimedOutcome extends Outcome {
  readonly at: number;
}

/** Why a change failed for some clients. */
export interface Failure {
  /** The error code of the protocol. */
  readonly code: number;
  readonly reason: string;
  readonly detail: string;
  readonly pids: string[];
}

export const failure = (code: RefusalCode, detail: string, clientIds: readonly string[]): readonly Failure[] =>
  clientIds.length === 0 ? [] : [{ code, reason: reasonOf(code), detail, pids: [...clientIds] }];

/** The outcome in the form that answers use. */
export const toWire = ({
  allowed,
  failed,
}: Outcome): { readonly allowedPids: string[]; readonly failedPids?: Failure[] } => ({
  allowedPids: [...allowed],
  ...(failed.length === 0 ? {} : { failedPids: [...failed] }),
});

/** The same with its time. */
export const toTimedWire = (outcome: TimedOutcome): ReturnType<typeof toWire> & { readonly udate: string } => ({
  ...toWire(outcome),
  udate: new Date(outcome.at).toISOString(),
});

/** Whether the party acts on itself only. */
export const isSelf = ({ clientId }: Party, members: readonly string[]): boolean =>
  members.length === 1 && members[0] === clientId;

/** The members of a new conversation. If a client creates it, that client is one of them. */
export const foundersOf = ({ clientId }: Party, wanted: readonly string[]): readonly string[] => [
  ...new Set([...(clientId === undefined ? [] : [clientId]), ...wanted]),
];

const isFixed = ({ kind }: ConversationInfo): void => {
  if (kind === 'temporary') throw new Refusal(4314, 'the members of a temporary conversation are fixed');
};

/**
 * Refuses if the party may not add these clients. A member may add others, and every client may add itself. Clients
 * enter a chat room by themselves.
 */
export const checkAdding = (info: ConversationInfo, party: Party, wanted: readonly string[]): void => {
  isFixed(info);
  if (isSelf(party, wanted)) return;
  if (!party.isBackEnd && info.kind !== 'ordinary') throw new Refusal(4314, 'here everybody joins for himself');
  if (!party.isBackEnd && !isMember(info, party)) throw new Refusal(4317, 'only a member adds others; join first');
  if (info.kind === 'room') throw new Refusal(4314, 'who is in a chat room has entered it: nobody can be added');
};

/**
 * Refuses if the party may not remove these clients. A member may remove others, and every client may remove itself.
 * Clients leave a chat room by themselves.
 */
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

/**
 * Splits clients by rank: those that the party may remove, and those that rank as high as the party or above it.
 * Plain members may remove each other.
 */
export const partedByRank = (
  roles: Roles,
  party: Party,
  wanted: readonly string[],
): { readonly below: readonly string[]; readonly above: readonly string[] } => {
  const isBelow = (member: string): boolean => member === party.clientId || outranks(roles, party, member, true);
  return { below: wanted.filter(isBelow), above: wanted.filter((member) => !isBelow(member)) };
};

/** The outcome of a removal. */
export const removed = (below: readonly string[], above: readonly string[]): Outcome => ({
  allowed: below,
  failed: failure(4320, 'a member of your rank, or above it, can not be removed by you', above),
});
