/**
 * Changes that come more than once. A change that this client has made is told by the answer to its command, and by a
 * notice, in any order. And a notice about this client comes beside one to everybody.
 */
import type { ConversationInfo } from '../../codecs/index.js';
import type { ConversationEvent, Membership } from '../../streams/index.js';
import { untold, type News } from './missed-changes.js';

/** A change that was told: what became of these clients, and by whom. */
interface ToldChange {
  /** Changes of one kind replace each other. */
  readonly kind: number;
  readonly outcome: string;
  readonly by: string | undefined;
  readonly members: readonly string[];
}

/** The last told changes of a conversation, the oldest first. A client is in one of each kind at most. */
export type ToldChanges = readonly ToldChange[];

export const NOTHING_TOLD: ToldChanges = [];

/** So many are remembered: more than the commands that wait for their notices at the same time. */
const MOST = 64;

/** The kinds of changes: of membership, of the right to speak, of blocks, of roles. */
const KINDS: Readonly<Partial<Record<ConversationEvent['_tag'], number>>> = {
  Joined: 1,
  Left: 1,
  Silenced: 2,
  Unsilenced: 2,
  Blocked: 3,
  Unblocked: 3,
  RoleChanged: 4,
};

/**
 * What is still true of it after a break. Members that have changed are found by a look-up, and everything else may
 * have changed unnoticed.
 */
export const afterBreak = (told: ToldChanges): ToldChanges => told.filter(({ kind }) => kind === 1);

const isMembership = (event: ConversationEvent): event is Membership => 'members' in event;

const changeOf = (event: ConversationEvent): ToldChange | undefined => {
  const kind = KINDS[event._tag];
  if (kind === undefined) return undefined;
  if (event._tag === 'RoleChanged') return { kind, outcome: event.role, by: event.by, members: [event.member] };
  return isMembership(event) ? { kind, outcome: event._tag, by: event.by, members: event.members } : undefined;
};

/** An event without its known parts (`undefined` if nothing is left), and what was told by then. */
interface Once {
  readonly event: ConversationEvent | undefined;
  readonly told: ToldChanges;
}

/**
 * Takes what was told before out of an event. The same outcome for a client twice in a row, by the same client, is one
 * change: between two changes there is the opposite one. Only changes by this client, or of it, come twice, so only
 * these are remembered.
 */
export const once = (told: ToldChanges, event: ConversationEvent, self: string): Once => {
  const change = changeOf(event);
  if (change === undefined) return { event, told };
  const { kind, outcome, by, members } = change;
  const own = by === self ? members : members.filter((member) => member === self);
  if (told.length === 0 && own.length === 0) return { event, told };
  const named = new Set(members);
  const known = new Set<string>();
  const others = told.flatMap((one) => {
    if (one.kind !== kind) return [one];
    const stay = one.members.filter((member) => !named.has(member));
    if (stay.length === one.members.length) return [one];
    if (one.outcome === outcome && one.by === by)
      for (const member of one.members) if (named.has(member)) known.add(member);
    return stay.length === 0 ? [] : [{ ...one, members: stay }];
  });
  // Who is out is not told of the others any more.
  const isOut = outcome === 'Left' && members.includes(self);
  const last = { ...change, members: isOut ? [self] : own };
  const next = own.length === 0 ? others : [...(isOut ? [] : others), last].slice(-MOST);
  if (known.size === 0) return { event, told: next };
  if (!isMembership(event)) return { event: undefined, told: next };
  const rest = event.members.filter((member) => !known.has(member));
  return { event: rest.length === 0 ? undefined : { ...event, members: rest }, told: next };
};

/** What was told, without what was found to have changed since. */
export const without = (told: ToldChanges, changes: readonly ConversationEvent[]): ToldChanges =>
  changes.reduce((before, change) => once(before, change, '').told, told);

/** What is known of a conversation, as far as it matters here. */
interface Known {
  readonly info: ConversationInfo | undefined;
  readonly told: ToldChanges;
  readonly news: News | undefined;
}

/** An event without what is in the log already: `undefined` if nothing is left. And what is in the log by then. */
export const fresh = (
  { info, told, news }: Known,
  event: ConversationEvent,
  self: string,
): Omit<Known, 'info'> & { readonly event: ConversationEvent | undefined } => {
  // Nobody is told of the members of a chat room: there, only answers tell.
  const first = info?.kind === 'room' ? { event, told } : once(told, event, self);
  return news === undefined || first.event === undefined
    ? { ...first, news }
    : { told: first.told, ...untold(news, first.event) };
};
