/** What the application's own back end can do: everything, in nobody's name or in a client's. */
import { either as E, function as F, json as J } from 'fp-ts';
import { defined } from '../codecs/defined.js';
import type { Attribute, ConversationInfo, ConversationKind, JsonObject, MemberRole } from '../codecs/index.js';
import { encodeAttributes } from '../codecs/index.js';
import type { Actor } from './actor.js';
import type { App } from './app.js';
import { existing } from './conversations/access.js';
import { updateAttributes } from './conversations/attributes.js';
import { createConversation, deleteConversation } from './conversations/create.js';
import { describedBy } from './domain/conversations/described-by.js';
import { addMembers, removeMembers } from './conversations/members.js';
import type { Outcome } from './domain/conversations/members.js';
import { listed, setListed, setRole } from './conversations/roles.js';
import {
  edit,
  send,
  type BackEndBody,
  type BackEndEdit,
  type BackEndMessage,
  type SystemMessage,
} from './messages/by-back-end.js';
import { modify } from './messages/modify.js';
import { parseWhere } from './domain/query/where.js';
import { compileRe2 } from './re2.js';
import { Refusal, reasonOf, type RefusalCode } from './domain/refusal.js';
import type { Bound, ClientList, StoredMessage } from './store/store.js';

export type { BackEndBody, BackEndEdit, BackEndMessage, SystemMessage };

/** A conversation to create. */
export interface WantedConversation {
  /** Default `ordinary`. */
  readonly kind?: ConversationKind;
  /** Who owns it, and is a member where it has members. Default: nobody. */
  readonly creator?: string;
  /**
   * Of an ordinary or a temporary one; a chat room is entered, and a system conversation subscribed to, later.
   * Default: none.
   */
  readonly members?: readonly string[];
  /** Neither a name nor attributes where it is a temporary one. */
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Find the one with the same members instead, where there is one. Default false. */
  readonly unique?: boolean;
  /** How long a temporary one lasts, in seconds. Default 86,400. */
  readonly ttl?: number;
}

/** Which conversations are wanted. */
export interface FindConversations {
  /** As clients ask (protocol: `where`): `{ m: 'Tom', 'attr.level': { $gte: 3 } }`. Default: all. */
  readonly where?: JsonObject;
  /** Of these kinds only. Default: of all. */
  readonly kinds?: readonly ConversationKind[];
  /** As in `-lm,name`: `-` is descending, the first key counts most. */
  readonly sort?: string;
  /** Default 0. */
  readonly skip?: number;
  /** 0 to 1,000. Default 10. */
  readonly limit?: number;
}

/** What a conversation is to become; what is not named stays. */
export interface ConversationUpdates {
  readonly name?: string;
  /** Keys may have dots, which lead into nested ones. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Keys of attributes that are to go; they may have dots. */
  readonly unset?: readonly string[];
}

/** Which messages are wanted. */
export interface History {
  /**
   * `old` goes from `from` (or the newest) towards the past, `new` from `from` (or the oldest) towards the present.
   * Default `old`.
   */
  readonly direction?: 'old' | 'new';
  readonly from?: Bound;
  readonly to?: Bound;
  /** Messages of this type only. */
  readonly type?: number;
  /** 1 to 1,000. Default 100. */
  readonly limit?: number;
}

/** A page of a list of clients, in the order of their ids. */
export interface ListPage {
  readonly clientIds: readonly string[];
  /** Where there are more: `next` of the following page. */
  readonly next?: string;
}

/** Which page. */
export interface PageOf {
  /** 1 to 100. Default 50. */
  readonly limit?: number;
  readonly next?: string;
}

/**
 * What the application's back end does in the process of the server. Each call is carried out at once, asks and tells
 * the same hooks as a client's command, and its effects reach clients by the bus. Each rejects with a `Refusal`,
 * whose `code` is the protocol's, where it is refused; with 4303 where there is no such conversation, 4323 where it
 * was a temporary one.
 *
 * @example
 * const { id } = await server.backEnd.create({ kind: 'system', name: 'News' });
 * await server.backEnd.broadcast(id, { from: 'editor', body: text('We are open') });
 */
export interface BackEnd {
  /** Creates a conversation, or finds the one of the same members where it is to be unique. */
  create(wanted: WantedConversation): Promise<ConversationInfo>;
  /** Conversations that a condition holds for. Rejects with 4310 where it can't be understood. */
  find(query?: FindConversations): Promise<readonly ConversationInfo[]>;
  get(id: string): Promise<ConversationInfo>;
  /**
   * Changes name and attributes, which members are told of; gives the conversation as it is then. A temporary one
   * can't be changed: 4314.
   */
  update(id: string, updates: ConversationUpdates): Promise<ConversationInfo>;
  /**
   * Ends a conversation with its messages; the members of an ordinary one, and who is in a chat room, are told that
   * they are out of it.
   */
  delete(id: string): Promise<void>;
  /** Members; the subscribers of a system conversation; who is in a chat room now. */
  members(id: string): Promise<readonly string[]>;
  /**
   * Adds members to an ordinary conversation, or subscribers to a system conversation. Who can't be one is named in
   * the outcome.
   */
  addMembers(id: string, clientIds: readonly string[]): Promise<Outcome>;
  /**
   * Removes members, or subscribers; who was none is no failure. Nobody is removed from a chat room (4314): `block`
   * puts clients out of it.
   */
  removeMembers(id: string, clientIds: readonly string[]): Promise<Outcome>;
  /** Gives a member of an ordinary conversation another role; the owner stays the owner (4324). */
  setRole(id: string, clientId: string, role: 'Manager' | 'Member'): Promise<void>;
  /**
   * Sends a message to all members, subscribers, or who is in the chat room; in a system conversation `to` some. The
   * sender need not be a member, and gets it, too.
   */
  send(id: string, message: SystemMessage): Promise<StoredMessage>;
  /**
   * Sends a message of a system conversation to every client that is online, subscribed or not; it is stored for the
   * subscribers. 4313 elsewhere.
   */
  broadcast(id: string, message: BackEndMessage): Promise<StoredMessage>;
  /** A page of history, oldest first, with what is for some only. */
  history(id: string, query?: History): Promise<readonly StoredMessage[]>;
  /**
   * Gives a message another body, whoever has sent it; gives it as it is then. 4404 where there is none, or where it
   * was recalled.
   */
  edit(id: string, messageId: string, message: BackEndEdit): Promise<StoredMessage>;
  /** Takes a message back, whoever has sent it; gives what is left of it. */
  recall(id: string, messageId: string): Promise<StoredMessage>;
  /**
   * These clients may not send any more; at most `limits.listed` in a conversation, the others are named in the
   * outcome.
   */
  silence(id: string, clientIds: readonly string[]): Promise<Outcome>;
  unsilence(id: string, clientIds: readonly string[]): Promise<Outcome>;
  silenced(id: string, page?: PageOf): Promise<ListPage>;
  /**
   * These clients are members no more, and can't become any; they leave a chat room. At most `limits.listed` in a
   * conversation, the others are named in the outcome.
   */
  block(id: string, clientIds: readonly string[]): Promise<Outcome>;
  unblock(id: string, clientIds: readonly string[]): Promise<Outcome>;
  blocked(id: string, page?: PageOf): Promise<ListPage>;
  /**
   * Ends all sessions of a client with `session/closed`, by default with code 4115, and takes their tokens away: who
   * comes back has to log in again, with what was signed after this. Resolves when they have been told.
   */
  kick(clientId: string, how?: { readonly code?: number; readonly reason?: string }): Promise<void>;
  /** Those of these clients that have a session. */
  online(clientIds: readonly string[]): Promise<readonly string[]>;
  /**
   * How many messages a client has not read, in all conversations together; of each, as many as
   * `limits.unreadMessages` count.
   */
  unreadCount(clientId: string): Promise<number>;
}

const BACK_END: Actor = { isBackEnd: true };
const KICKED = 4115;
const DEFAULT_FOUND = 10;
const MAX_FOUND = 1_000;
const DEFAULT_HISTORY = 100;
const MAX_HISTORY = 1_000;

/** Attributes as text; what has cycles, or lies deeper than the stack, can't be written. */
const written = (attributes: ConversationInfo['attributes']): string =>
  F.pipe(
    E.tryCatch(() => encodeAttributes(attributes), E.toError),
    E.getOrElse(({ message }): string => {
      throw new Refusal(4114, `the attributes can not be written as JSON: ${message}`);
    }),
  );

/** Refuses what this kind of conversation can't have when it is created. */
const checkWanted = (kind: ConversationKind, { members = [], name, attributes, ttl }: WantedConversation): void => {
  if (members.length > 0 && (kind === 'room' || kind === 'system'))
    throw new Refusal(
      4301,
      'a chat room is entered, and a system conversation subscribed to, when it is there: it has no members yet',
    );
  if (ttl !== undefined && kind !== 'temporary') throw new Refusal(4301, 'ttl: only a temporary conversation has one');
  if (kind === 'temporary' && (name !== undefined || attributes !== undefined))
    throw new Refusal(4301, 'a temporary conversation has no name and no attributes');
};

const create = async (app: App, wanted: WantedConversation): Promise<ConversationInfo> => {
  const { kind = 'ordinary', creator, members = [], name, attributes = {}, unique = false, ttl } = wanted;
  checkWanted(kind, wanted);
  return createConversation(
    app,
    { isBackEnd: true, ...defined({ clientId: creator }) },
    {
      kind,
      members,
      ...describedBy(written({ ...attributes, ...defined({ name }) })),
      unique,
      ...defined({ ttl }),
    },
  );
};

/** A count from outside: an integer between two bounds. */
const checkCount = (count: number, what: string, min: number, max: number, code: RefusalCode): void => {
  if (!Number.isSafeInteger(count) || count < min || count > max)
    throw new Refusal(code, `${what} should be an integer from ${min} to ${max}`);
};

const find = async (
  app: App,
  { where = {}, kinds, sort, skip = 0, limit = DEFAULT_FOUND }: FindConversations,
): Promise<readonly ConversationInfo[]> => {
  checkCount(limit, 'limit', 0, MAX_FOUND, 4310);
  checkCount(skip, 'skip', 0, Number.MAX_SAFE_INTEGER, 4310);
  const json = J.stringify(where);
  if (E.isLeft(json)) throw new Refusal(4310, 'where: it can not be written as JSON');
  return app.store.find({
    where: parseWhere(json.right, compileRe2),
    ...defined({ sort }),
    skip,
    limit,
    seen: (info) => (kinds === undefined || kinds.includes(info.kind) ? info : undefined),
  });
};

const update = async (
  app: App,
  id: string,
  { name, attributes = {}, unset = [] }: ConversationUpdates,
): Promise<ConversationInfo> => {
  const removed = Object.fromEntries(unset.map((key) => [key, { __op: 'Delete' }]));
  await updateAttributes(app, BACK_END, id, written({ ...attributes, ...removed, ...defined({ name }) }));
  return existing(app, id);
};

const history = async (
  app: App,
  id: string,
  { direction = 'old', limit = DEFAULT_HISTORY, ...bounds }: History,
): Promise<readonly StoredMessage[]> => {
  checkCount(limit, 'limit', 1, MAX_HISTORY, 4311);
  await existing(app, id);
  return app.store.history({ conversationId: id, direction, limit, ...bounds });
};

/** The operations of the server, as the back end calls them. */
export const createBackEnd = (app: App): BackEnd => {
  const { store, bus } = app;
  const list =
    (name: ClientList, isOn: boolean) =>
    (id: string, clientIds: readonly string[]): Promise<Outcome> =>
      setListed(app, BACK_END, id, name, clientIds, isOn);
  const page =
    (name: ClientList) =>
    (id: string, which: PageOf = {}): Promise<ListPage> =>
      listed(app, BACK_END, id, name, which);

  return {
    create: (wanted) => create(app, wanted),
    find: (query = {}) => find(app, query),
    get: (id) => existing(app, id),
    update: (id, updates) => update(app, id, updates),
    delete: (id) => deleteConversation(app, BACK_END, id),
    members: async (id) => {
      const { kind, members = [] } = await existing(app, id);
      return kind === 'room' ? bus.occupants(id) : members;
    },
    addMembers: (id, clientIds) => addMembers(app, BACK_END, id, clientIds),
    removeMembers: (id, clientIds) => removeMembers(app, BACK_END, id, clientIds),
    setRole: (id, clientId, role: MemberRole) => setRole(app, BACK_END, id, clientId, role),
    send: (id, message) => send(app, id, message, false),
    broadcast: (id, message) => send(app, id, message, true),
    history: (id, query = {}) => history(app, id, query),
    edit: (id, messageId, message) => edit(app, id, messageId, message),
    recall: (conversationId, messageId) => modify(app, BACK_END, { conversationId, messageId, recall: true }),
    silence: list('silenced', true),
    unsilence: list('silenced', false),
    silenced: page('silenced'),
    block: list('blocked', true),
    unblock: list('blocked', false),
    blocked: page('blocked'),
    kick: async (clientId, { code = KICKED, reason = reasonOf(KICKED) } = {}) => {
      app.endSignatures(clientId);
      await store.forgetSessions(clientId);
      bus.publish([clientId], { _tag: 'Kick', code, reason });
    },
    online: (clientIds) => bus.online(clientIds),
    unreadCount: async (clientId) => {
      const unread = await store.unread(clientId, undefined, Number.MAX_SAFE_INTEGER);
      return unread.reduce((sum, { count }) => sum + count, 0);
    },
  };
};
