/** The calls of the database: those of the store, and those that only its parts use. Each is synchronous. */
import type { ConversationInfo, ConversationKind } from '../../../codecs/index.js';
import type { MayNotSpeak, UnreadSummary } from '../../domain/records.js';
import type { Store } from '../store.js';
import type { Row } from './driver.js';
import type { Members } from './rows.js';

/** How much is stored, and for how long. */
export interface Bounds {
  readonly unreadLimit: number;
  /** How long messages are kept, ms. */
  readonly historyTime: number;
  readonly historyMessages: number;
  /** A conversation without activity for this time ends, ms. */
  readonly idle: number;
  readonly notices: number;
  readonly noticeBytes: number;
  readonly tokens: number;
}

/** A method of the store as a synchronous function. */
type Now<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;

type StoreCalls<K extends keyof Store> = { readonly [N in K]: Now<Store[N]> };

/** A place in the order of all conversations. */
export interface ConversationCursor {
  readonly createdAt: number;
  readonly id: string;
}

/** What is read, at the time of the call. */
export interface ReadCalls extends StoreCalls<
  | 'roles'
  | 'listed'
  | 'whoIsListed'
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
> {
  /** As the store's; `but` is the kind whose members are left out. */
  readonly conversations: (ids: readonly string[], but?: ConversationKind) => readonly ConversationInfo[];
  /** A page of all conversations, or of a kind, newest first. */
  readonly conversationIds: (
    kind: ConversationKind | undefined,
    after: ConversationCursor | undefined,
    limit: number,
  ) => readonly ConversationCursor[];
  readonly idsOfMember: (clientId: string) => readonly string[];
}

/** What changes need to read as well. */
export interface Reads extends ReadCalls {
  /** What a change looks at first; undefined if there is no such conversation, or it has ended. */
  readonly head: (id: string) => Row | undefined;
  readonly membersOf: (id: string, version: number) => Members;
  /** Forgets what was read in a transaction that did not happen. */
  readonly forget: () => void;
  readonly speakingIn: (
    id: string,
    kind: ConversationKind,
    clientId: string | undefined,
  ) => MayNotSpeak['_tag'] | 'MaySpeak';
  readonly unreadIn: (id: string, kind: ConversationKind, clientId: string, readUpTo: number) => UnreadSummary;
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
>;

export type MessageWrites = StoreCalls<'append' | 'modify' | 'acknowledge' | 'markRead'>;

export type SessionWrites = StoreCalls<
  'openSession' | 'renewSession' | 'rememberRoom' | 'forgetSession' | 'forgetSessions' | 'keepNotice'
>;

/** Deletes a slice of what has ended at the time of the call. */
export interface Sweeping {
  readonly sweep: () => void;
}

/** The calls that the writer carries out. It reads, too, where no second connection may. */
export type Calls = ReadCalls & ConversationWrites & MessageWrites & SessionWrites & Sweeping;
