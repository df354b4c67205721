/** The calls of the database: those of the store, and those that only its parts use. */
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import { keptByKind, type KeptByKind } from '../../domain/memory/retention.js';
import type { MayNotSpeak, UnreadSummary } from '../../domain/records.js';
import type { MemoryStoreOptions } from '../memory.js';
import type { MovingStore } from '../store.js';
import type { Row } from './columns.js';
import type { Packed, Placed } from './placed.js';
import type { Members } from './rows.js';
import type { Statements } from './sql.js';
import type { Steps } from './steps.js';

/** How much is stored, and for how long. */
export interface Bounds {
  readonly unreadLimit: number;
  readonly kept: KeptByKind;
  readonly notices: number;
  readonly noticeBytes: number;
  readonly tokens: number;
}

export const boundsOf = ({
  unreadLimit = 100,
  notices = 5_000,
  noticeBytes = 1_048_576,
  tokens = 100,
  ...limits
}: MemoryStoreOptions): Bounds => ({
  unreadLimit,
  kept: keptByKind(limits),
  notices,
  noticeBytes,
  tokens,
});

/** What all calls have. */
export interface Setting {
  readonly sql: Statements;
  readonly bounds: Bounds;
  /** The time of the call, ms since 1970. */
  readonly time: () => number;
  /** The time of a change, ms since 1970. `given`: as the caller has it. */
  readonly timeOf: (given: number) => number;
  /** The key of a unique conversation as the database can have it, however many members the conversation has. */
  readonly keyOf: (uniqueKey: string) => string;
}

/** A method of the store as steps. */
type InSteps<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => Steps<R> : never;

type StoreCalls<K extends keyof MovingStore> = { readonly [N in K]: InSteps<MovingStore[N]> };

/** A place in the order of all conversations. */
export interface ConversationCursor {
  readonly createdAt: number;
  readonly id: string;
}

/** What is read, at the time of the call. */
export interface ReadCalls extends StoreCalls<
  | 'roles'
  | 'hasRoles'
  | 'listed'
  | 'whoIsListed'
  | 'whoIsSilenced'
  | 'standings'
  | 'speaking'
  | 'message'
  | 'history'
  | 'modifiedSince'
  | 'receipts'
  | 'offline'
  | 'unreadOf'
  | 'unread'
  | 'session'
  | 'notices'
  | 'conversationPage'
  | 'standingPage'
> {
  /** As the store's; `but` is the kind whose members are left out. */
  readonly conversations: (ids: readonly string[], but?: ConversationKind) => Steps<readonly ConversationInfo[]>;
  /** A page of all conversations, or of a kind, newest first. */
  readonly conversationIds: (
    kind: ConversationKind | undefined,
    after: ConversationCursor | undefined,
    limit: number,
  ) => Steps<readonly ConversationCursor[]>;
  readonly idsOfMember: (clientId: string) => Steps<readonly string[]>;
}

/** What changes need to read as well. */
export interface Reads extends ReadCalls {
  /** What a change looks at first; undefined if there is no such conversation, or it has ended. */
  readonly head: (id: string) => Steps<Row | undefined>;
  /** The message with an id. */
  readonly byId: (id: string, messageId: string) => Steps<Row | undefined>;
  readonly membersOf: (id: string, version: number) => Steps<Members>;
  /** Forgets what was read in a transaction that did not happen. */
  readonly forget: () => void;
  readonly speakingIn: (
    id: string,
    kind: ConversationKind,
    clientId: string | undefined,
  ) => Steps<MayNotSpeak['_tag'] | 'MaySpeak'>;
  readonly unreadIn: (id: string, kind: ConversationKind, clientId: string, readUpTo: number) => Steps<UnreadSummary>;
}

export type ConversationWrites = StoreCalls<
  | 'createConversation'
  | 'deleteConversation'
  | 'addMembers'
  | 'removeMembers'
  | 'updateConversation'
  | 'setMuted'
  | 'setRole'
  | 'setListed'
  | 'silenceUntil'
>;

export interface MessageWrites extends StoreCalls<'modify' | 'deleteMessage' | 'acknowledge' | 'markRead'> {
  /** As the store's `append`. */
  readonly place: (messages: readonly Packed[]) => Steps<readonly Placed[]>;
}

export type ImportWrites = StoreCalls<'importConversations' | 'importMessages' | 'importStandings'>;

export type SessionWrites = StoreCalls<
  'openSession' | 'renewSession' | 'rememberRoom' | 'forgetSession' | 'forgetSessions' | 'keepNotice'
>;

/** Deletes a slice of what has ended at the time of the call. */
export interface Sweeping {
  readonly sweep: () => Steps<void>;
}

/** The calls that change something. */
export type Changes = ConversationWrites & MessageWrites & ImportWrites & SessionWrites;

export type Calls = ReadCalls & Changes & Sweeping;

/** What a call gives. */
export type ResultOf<N extends keyof Calls> = Calls[N] extends (...args: never[]) => Steps<infer R> ? R : never;
