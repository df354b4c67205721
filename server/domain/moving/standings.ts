/** What a conversation keeps of a client, when it comes from another server. */
import { defined } from '../../../codecs/defined.js';
import type { MovedStanding } from '../records.js';

/** What is there of a client already. */
export interface KnownStanding extends Omit<MovedStanding, 'conversationId' | 'clientId'> {
  readonly isMember: boolean;
}

/** Whether there is anything beside the ids. */
export const isEmptyStanding = ({ conversationId: _, clientId: __, ...rest }: MovedStanding): boolean =>
  Object.keys(rest).length === 0;

/** What is not there yet, and can be. Who is a member is not blocked, and only a member has joined. */
export const missingOf = (moved: MovedStanding, known: KnownStanding): MovedStanding => {
  const { conversationId, clientId, joinedAt, read, received, silenced, silencedUntil, blocked } = moved;
  const { isMember } = known;
  return {
    conversationId,
    clientId,
    ...defined({
      joinedAt: isMember && known.joinedAt === undefined ? joinedAt : undefined,
      read: known.read === undefined ? read : undefined,
      received: known.received === undefined ? received : undefined,
      silenced: known.silenced === undefined ? silenced : undefined,
      silencedUntil: known.silencedUntil === undefined ? silencedUntil : undefined,
      blocked: known.blocked === undefined && !isMember ? blocked : undefined,
    }),
  };
};

/** The standings of each conversation and client, each once: the first one counts. */
export const eachOnce = (given: readonly MovedStanding[]): ReadonlyMap<string, MovedStanding> => {
  const found = new Map<string, MovedStanding>();
  for (const one of given) {
    const key = keyOfStanding(one);
    if (!found.has(key)) found.set(key, one);
  }
  return found;
};

export const keyOfStanding = ({ conversationId, clientId }: MovedStanding): string =>
  JSON.stringify([conversationId, clientId]);
