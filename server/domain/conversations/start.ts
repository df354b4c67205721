/** Conversations as clients ask for them. */
import { defined } from '../../../codecs/defined.js';
import type { ClientCommand, ConversationInfo, ConversationKind, ServerCommand } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import type { ConversationDraft } from '../records.js';
import { Refusal } from '../refusal.js';
import { describedBy } from './described-by.js';
import { foundersOf } from './members.js';

/** How long a temporary conversation lasts where nobody says, and at most, seconds. */
const DEFAULT_TTL = 86_400;
const MAX_TTL = 30 * 86_400;

type Start = Extract<ClientCommand, { cmd: 'conv'; op: 'start' }>['convMessage'];

const kindOf = ({ transient, tempConv }: Start): ConversationKind => {
  if (transient === true) return 'room';
  return tempConv === true ? 'temporary' : 'ordinary';
};

/** A conversation that somebody wants. */
export interface WantedInfo {
  readonly kind: ConversationKind;
  readonly members: readonly string[];
  readonly name?: string;
  readonly attributes: ConversationInfo['attributes'];
  readonly unique: boolean;
  /** Of a temporary one, seconds. */
  readonly ttl?: number;
}

/** What a client asks for. A temporary conversation lasts too short to be described. */
export const wantedBy = (start: Start): WantedInfo => {
  const { m: members = [], attr, unique = false, tempConvTTL: ttl } = start;
  const kind = kindOf(start);
  const described = describedBy(attr?.data ?? '{}');
  return { kind, members, ...(kind === 'temporary' ? { attributes: {} } : described), unique, ...defined({ ttl }) };
};

/** Chat rooms are entered, and system conversations subscribed to. */
const hasMembers = (kind: ConversationKind): boolean => kind === 'ordinary' || kind === 'temporary';

/** How long a conversation lasts, seconds: a temporary one. */
const lifetimeOf = ({ kind, ttl = DEFAULT_TTL }: Pick<WantedInfo, 'kind' | 'ttl'>): number | undefined => {
  if (kind !== 'temporary') return undefined;
  if (ttl < 1 || ttl > MAX_TTL) throw new Refusal(4301, `a temporary conversation lasts 1 to ${MAX_TTL} seconds`);
  return ttl;
};

/** What is to be stored; whoever acts is a member, where it is a client and there are members. */
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

/** Its answer. */
export const started = ({ id: cid, createdAt, ttl }: ConversationInfo, now: number): ServerCommand => ({
  cmd: 'conv',
  op: 'started',
  convMessage: { cid, cdate: new Date(createdAt ?? now).toISOString(), ...defined({ tempConvTTL: ttl }) },
});
