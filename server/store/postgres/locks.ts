/**
 * What a change locks before it looks at anything, so that no process changes what another one has just looked at:
 * conversations by their rows, and everything else by names. All locks are taken in one order.
 */
import { uniqueKey } from '../../domain/memory/held-conversation.js';
import type { Changes } from '../sql/calls.js';
import { listOf } from '../sql/columns.js';
import type { Session } from './connections.js';

export interface Locks {
  readonly conversations?: readonly string[];
  readonly names?: readonly string[];
  /** The clients of these tokens are locked as well. */
  readonly tokens?: readonly string[];
}

const client = (id: string): string => `client ${id}`;
const token = (id: string): string => `token ${id}`;
const conversation = (id: string): Locks => ({ conversations: [id] });
const session = (id: string): Locks => ({ names: [token(id)], tokens: [id] });

type Locking = { readonly [N in Exclude<keyof Changes, 'place'>]: (...args: Parameters<Changes[N]>) => Locks };

export const locksOf: Locking = {
  createConversation: (draft) => {
    const { unique, atMost, creator, members } = draft;
    const counted = atMost === undefined ? [] : [...(creator === undefined ? [] : [creator]), ...members];
    return { names: [...(unique ? [`unique ${uniqueKey(draft)}`] : []), ...counted.map(client)] };
  },
  deleteConversation: conversation,
  addMembers: (id, members, _, memberships = Infinity) => ({
    conversations: [id],
    names: memberships < Infinity ? members.map(client) : [],
  }),
  removeMembers: conversation,
  updateConversation: conversation,
  setMuted: conversation,
  setRole: conversation,
  setListed: conversation,
  silenceUntil: conversation,
  modify: ({ conversationId }) => conversation(conversationId),
  deleteMessage: conversation,
  acknowledge: conversation,
  markRead: conversation,
  importConversations: (all) => ({
    names: all.flatMap((moved) => [
      `conversation ${moved.id}`,
      ...(moved.unique === true ? [`unique ${uniqueKey(moved)}`] : []),
    ]),
  }),
  importMessages: (messages) => ({ conversations: messages.map(({ conversationId }) => conversationId) }),
  importStandings: (standings) => ({ conversations: standings.map(({ conversationId }) => conversationId) }),
  openSession: ({ session: { token: opened, clientId } }) => ({ names: [client(clientId), token(opened)] }),
  renewSession: ({ token: renewed, clientId }) => ({ names: [client(clientId), token(renewed)] }),
  rememberRoom: session,
  forgetSession: session,
  forgetSessions: (clientId) => ({ names: [client(clientId)] }),
  keepNotice: (clientIds) => ({ names: clientIds.map(client) }),
};

/** What calls have to be carried out in their order: those that have the same. */
export const laneOf = ({ conversations = [], names = [] }: Locks): string => conversations[0] ?? names.at(-1) ?? '';

/** Names share so many locks: a database has a few thousand for all connections together. */
const NAMES = 128;
/** Locks of this program, among those of others in the same database. */
const CLASS = 7_235_815;

const LOCK_NAMES = `select pg_advisory_xact_lock(${CLASS}, slot) from (
  select distinct abs(hashtext(name) % ${NAMES}) as slot from (
    select value as name from json_array_elements_text(cast($1 as json))
    union all
    select 'client ' || client from sessions
      where token in (select value from json_array_elements_text(cast($2 as json)))
  ) as names order by 1) as slots`;

const LOCK_CONVERSATIONS = `select 1 from logs
  where cid in (select value from json_array_elements_text(cast($1 as json))) order by cid for update`;

/** Takes the locks of a group of calls. They are released with the transaction. */
export const lock = async ({ rows }: Session, all: readonly Locks[]): Promise<void> => {
  const some = (pick: (locks: Locks) => readonly string[] | undefined): readonly string[] => [
    ...new Set(all.flatMap((locks) => pick(locks) ?? [])),
  ];
  const [names, tokens] = [some((locks) => locks.names), some((locks) => locks.tokens)];
  if (names.length > 0) await rows(LOCK_NAMES, [listOf(names), listOf(tokens)]);
  const conversations = some((locks) => locks.conversations);
  if (conversations.length > 0) await rows(LOCK_CONVERSATIONS, [listOf(conversations)]);
};
