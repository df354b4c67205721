/** Requests for new conversations. */
import { defined } from '../../../codecs/defined.js';
import type { ClientCommand, ConversationInfo, ConversationKind, ServerCommand } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import type { ConversationDraft } from '../records.js';
import { Refusal } from '../refusal.js';
import { describedBy } from './described-by.js';
import { uniqueIdOf } from './for-all-clients.js';
import { foundersOf } from './members.js';

/** Default and maximum lifetime of a temporary conversation, seconds. */
const DEFAULT_TTL = 86_400;
const MAX_TTL = 30 * 86_400;

type Start = Extract<ClientCommand, { cmd: 'conv'; op: 'start' }>['convMessage'];

const kindOf = ({ transient, tempConv }: Start): ConversationKind => {
  if (transient === true) return 'room';
  return tempConv === true ? 'temporary' : 'ordinary';
};

/** A conversation that a client wants. */
export interface WantedInfo {
  readonly kind: ConversationKind;
  readonly members: readonly string[];
  readonly name?: string;
  readonly attributes: ConversationInfo['attributes'];
  readonly unique: boolean;
  /** Lifetime of a temporary conversation, seconds. */
  readonly ttl?: number;
}

/** The conversation that a command asks for. A temporary conversation has no name and no attributes. */
export const wantedBy = (start: Start): WantedInfo => {
  const { m: members = [], attr, unique = false, tempConvTTL: ttl } = start;
  const kind = kindOf(start);
  const described = describedBy(attr?.data ?? '{}');
  return { kind, members, ...(kind === 'temporary' ? { attributes: {} } : described), unique, ...defined({ ttl }) };
};

/** Whether the kind has members: clients enter a chat room, and subscribe to a system conversation. */
const hasMembers = (kind: ConversationKind): boolean => kind === 'ordinary' || kind === 'temporary';

/** The lifetime of a temporary conversation, seconds. */
const lifetimeOf = ({ kind, ttl = DEFAULT_TTL }: Pick<WantedInfo, 'kind' | 'ttl'>): number | undefined => {
  if (kind !== 'temporary') return undefined;
  if (ttl < 1 || ttl > MAX_TTL) throw new Refusal(4301, `a temporary conversation lasts 1 to ${MAX_TTL} seconds`);
  return ttl;
};

/** The conversation to store. If the actor is a client and the conversation has members, the actor is one of them. */
export const draftOf = (party: Party, wanted: WantedInfo, now: number): ConversationDraft => {
  const { kind, name, attributes, unique } = wanted;
  return {
    kind,
    ...defined({ creator: party.clientId, name, ttl: lifetimeOf(wanted) }),
    members: hasMembers(kind) ? foundersOf(party, wanted.members) : [],
    attributes,
    unique: unique && hasMembers(kind),
    now,
  };
};

/** The answer to the request. */
export const started = (info: ConversationInfo, now: number): ServerCommand => {
  const { id: cid, createdAt, ttl } = info;
  return {
    cmd: 'conv',
    op: 'started',
    convMessage: {
      cid,
      cdate: new Date(createdAt ?? now).toISOString(),
      ...defined({ tempConvTTL: ttl, uniqueId: uniqueIdOf(info) }),
    },
  };
};
