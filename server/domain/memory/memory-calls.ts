/** What a memory can do. */
import type { ConversationInfo, MemberRole } from '../../../codecs/index.js';
import type {
  Appended,
  Arrived,
  ClientList,
  ListChange,
  ConversationChange,
  ConversationDraft,
  ConversationMoved,
  ConversationPage,
  ConversationSearch,
  HistoryQuery,
  MarkedRead,
  MemberReceipt,
  MembersAdded,
  MessageKey,
  MessageMoved,
  Modified,
  MovedConversation,
  MovedStanding,
  NewMessage,
  OfflineMessages,
  ReadUpTo,
  Speaking,
  Standing,
  StandingMoved,
  StandingPage,
  StoredEdit,
  StoredMessage,
  UnreadSummary,
} from '../records.js';
import type { pageOfList } from './held-conversation.js';
import type { MemorySessions } from './sessions.js';

/** The calls of a store, synchronous. */
export interface Memory {
  /** Stores a conversation as it is. */
  readonly put: (info: ConversationInfo) => void;
  readonly createConversation: (draft: ConversationDraft) => {
    readonly info: ConversationInfo;
    readonly isNew: boolean;
  };
  readonly conversations: (ids: readonly string[]) => readonly ConversationInfo[];
  readonly find: (search: ConversationSearch) => readonly ConversationInfo[];
  readonly deleteConversation: (id: string) => boolean;
  readonly addMembers: (
    id: string,
    members: readonly string[],
    limit: number,
    memberships?: number,
  ) => MembersAdded | undefined;
  readonly removeMembers: (id: string, members: readonly string[]) => readonly string[];
  readonly standings: (clientId: string, ids: readonly string[]) => ReadonlyMap<string, Standing>;
  readonly updateConversation: (id: string, change: ConversationChange, now: number) => ConversationInfo | undefined;
  readonly setMuted: (id: string, clientId: string, muted: boolean) => void;
  readonly setRole: (id: string, clientId: string, role: MemberRole) => void;
  readonly roles: (id: string) => ReadonlyMap<string, MemberRole>;
  readonly hasRoles: (id: string) => boolean;
  readonly setListed: (
    id: string,
    list: ClientList,
    clientIds: readonly string[],
    listed: boolean,
    limit: number,
  ) => ListChange;
  readonly silenceUntil: (
    id: string,
    clientId: string,
    until: number | undefined,
    limit: number,
    now: number,
  ) => boolean;
  readonly listed: (id: string, list: ClientList, limit: number, after?: string) => ReturnType<typeof pageOfList>;
  readonly whoIsListed: (id: string, list: ClientList, clientIds: readonly string[]) => ReadonlySet<string>;
  readonly whoIsSilenced: (id: string, clientIds: readonly string[]) => ReadonlySet<string>;
  readonly speaking: (id: string, clientId: string | undefined) => Speaking;
  /** Stores a message if its speaker has the right to speak. */
  readonly say: (message: NewMessage) => Appended;
  readonly message: (id: string, key: MessageKey) => StoredMessage | undefined;
  /**
   * `id`: the id of the message; undefined makes a new one. `at`: its exact time, ms, which other messages may have
   * too; undefined gives it a time of its own.
   */
  readonly append: (
    message: NewMessage,
    id?: string,
    at?: number,
  ) => { readonly message: StoredMessage; readonly repeated: boolean };
  readonly history: (query: HistoryQuery) => readonly StoredMessage[];
  readonly modify: (edit: StoredEdit) => Modified;
  readonly deleteMessage: (conversationId: string, messageId: string) => boolean;
  readonly modifiedSince: (clientId: string, since: number, limit: number) => readonly StoredMessage[];
  readonly receipts: (id: string) => readonly MemberReceipt[];
  readonly offline: (clientId: string, conversations: number, messages: number) => readonly OfflineMessages[];
  readonly unreadIn: (id: string, clientId: string) => UnreadSummary;
  readonly unreadOf: (id: string, clientIds: readonly string[]) => ReadonlyMap<string, UnreadSummary>;
  readonly acknowledge: (id: string, clientId: string, arrived: Arrived, now: number) => readonly StoredMessage[];
  readonly markRead: (id: string, clientId: string, upTo: ReadUpTo, now: number) => MarkedRead;
  readonly unread: (clientId: string, since: number | undefined, limit: number) => readonly UnreadSummary[];
  readonly importConversation: (moved: MovedConversation) => ConversationMoved;
  readonly importMessages: (messages: readonly StoredMessage[], direction?: 'old' | 'new') => readonly MessageMoved[];
  readonly conversationPage: (limit: number, after?: string) => ConversationPage;
  readonly importStandings: (standings: readonly MovedStanding[]) => readonly StandingMoved[];
  readonly standingPage: (conversationId: string, limit: number, after?: string) => StandingPage;
  /**
   * Deletes what has ended among the next conversations, this many, and starts again at the end. Gives false if there
   * is nothing that could end.
   */
  readonly sweep: (conversations: number) => boolean;
  readonly sessions: MemorySessions;
}
