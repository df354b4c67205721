/**
 * What the application's own back end can do on the server: everything, in no client's name or in the name of a
 * client.
 */
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
import { forMuting } from './domain/conversations/access.js';
import { checkNumber, type Outcome } from './domain/conversations/members.js';
import { listed, setListed, setRole } from './conversations/roles.js';
import { silenceFor } from './conversations/temporary-silence.js';
import { messagesAcross } from './messages/across.js';
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
  /** The owner; it is a member if the conversation has members. Default: no owner. */
  readonly creator?: string;
  /**
   * Members of an ordinary or a temporary conversation. Clients enter a chat room, or subscribe to a system
   * conversation, later. Default: no members.
   */
  readonly members?: readonly string[];
  /** A temporary conversation has neither a name nor attributes. */
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Finds the existing conversation with the same members, if there is one. Default false. */
  readonly unique?: boolean;
  /** The lifetime of a temporary conversation, in seconds. Default 86,400. */
  readonly ttl?: number;
}

/** Which conversations are wanted. */
export interface FindConversations {
  /**
   * A condition, as clients send it (protocol: `where`): `{ m: 'Tom', 'attr.level': { $gte: 3 } }`. Default: all
   * conversations.
   */
  readonly where?: JsonObject;
  /** Only conversations of these kinds. Default: all kinds. */
  readonly kinds?: readonly ConversationKind[];
  /** The sort order, such as `-lm,name`: `-` is descending, the first key is the most important. */
  readonly sort?: string;
  /** Default 0. */
  readonly skip?: number;
  /** 0 to 1,000. Default 10. */
  readonly limit?: number;
}

/** A change of a conversation. Fields that are not given stay as they are. */
export interface ConversationUpdates {
  readonly name?: string;
  /** Attributes to set. A key with dots leads into nested attributes. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Keys of attributes to remove. A key with dots leads into nested attributes. */
  readonly unset?: readonly string[];
}

/** Which messages of the history are wanted. */
export interface History {
  /**
   * `old` goes from `from` (or the newest message) to older messages, `new` from `from` (or the oldest message) to
   * newer ones. Default `old`.
   */
  readonly direction?: 'old' | 'new';
  readonly from?: Bound;
  readonly to?: Bound;
  /** Only messages of this type. */
  readonly type?: number;
  /** Only messages that this client may see: some of a system conversation are for others. Default: all messages. */
  readonly viewer?: string;
  /** 1 to 1,000. Default 100. */
  readonly limit?: number;
}

/** Which messages of all conversations are wanted. */
export interface AllMessages extends Omit<History, 'type' | 'viewer'> {
  /** Only messages of this client. */
  readonly sender?: string;
}

/** A page of a list of clients, in the order of their ids. */
export interface ListPage {
  readonly clientIds: readonly string[];
  /** The `next` of the following page; missing on the last page. */
  readonly next?: string;
}

/** Which page of a list is wanted. */
export interface PageOf {
  /** 1 to 100. Default 50. */
  readonly limit?: number;
  readonly next?: string;
}

/**
 * What the application's back end can do in the server's process. Each method runs at once, when it is called. It
 * calls the same hooks as a client's command, and clients learn of its effects by the bus. If the server refuses a
 * call, the promise rejects with a `Refusal`, whose `code` is the protocol's: 4303 if there is no such conversation,
 * 4323 if it was a temporary conversation that has ended. With `OutcomeUnknown`, it may have happened all the same.
 *
 * @example
 * const { id } = await server.backEnd.create({ kind: 'system', name: 'News' });
 * await server.backEnd.broadcast(id, { from: 'editor', body: text('We are open') });
 */
export interface BackEnd {
  /** Creates a conversation. With `unique`, gives the existing conversation of the same members if there is one. */
  create(wanted: WantedConversation): Promise<ConversationInfo>;
  /** Finds the conversations that meet a condition. Rejects with 4310 if the condition is not valid. */
  find(query?: FindConversations): Promise<readonly ConversationInfo[]>;
  get(id: string): Promise<ConversationInfo>;
  /**
   * Changes the name and attributes, and tells the members. Gives the conversation after the change. Rejects with
   * 4314 for a temporary conversation, which can't be changed.
   */
  update(id: string, updates: ConversationUpdates): Promise<ConversationInfo>;
  /**
   * Deletes a conversation with its messages. The members of an ordinary conversation, or the clients in a chat room,
   * are told that they are no longer in it.
   */
  delete(id: string): Promise<void>;
  /**
   * The members of a conversation, the subscribers of a system conversation, or the clients that are in a chat room
   * now.
   */
  members(id: string): Promise<readonly string[]>;
  /**
   * Adds members to an ordinary conversation, or subscribers to a system conversation. The outcome names the clients
   * that could not be added.
   */
  addMembers(id: string, clientIds: readonly string[]): Promise<Outcome>;
  /**
   * Removes members or subscribers. A client that was not a member is not a failure. A chat room refuses this with
   * 4314: use `block` to remove clients from it.
   */
  removeMembers(id: string, clientIds: readonly string[]): Promise<Outcome>;
  /** How many members or subscribers there are, or how many clients are in the chat room now. */
  memberCount(id: string): Promise<number>;
  /**
   * Turns the push notifications of members or subscribers off: `receiversOffline` does not name them. Clients that
   * are no members are passed over. Chat rooms and temporary conversations refuse this with 4314.
   */
  mute(id: string, clientIds: readonly string[]): Promise<void>;
  unmute(id: string, clientIds: readonly string[]): Promise<void>;
  /** The roles of the members whose role is not `Member`. */
  roles(id: string): Promise<ReadonlyMap<string, MemberRole>>;
  /** Gives a member of an ordinary conversation another role. The owner's role can't be changed (4324). */
  setRole(id: string, clientId: string, role: 'Manager' | 'Member'): Promise<void>;
  /**
   * Sends a message to all members, all subscribers, or all clients in the chat room; in a system conversation, `to`
   * limits it to some clients. The sender need not be a member, and receives the message too, except in a chat room.
   */
  send(id: string, message: SystemMessage): Promise<StoredMessage>;
  /**
   * Sends a message of a system conversation to every client that is online, even if it is not subscribed. The
   * message is stored for the subscribers. Other kinds of conversations refuse this with 4313.
   */
  broadcast(id: string, message: BackEndMessage): Promise<StoredMessage>;
  /** A page of history, oldest first. Messages that are for some clients only are included. */
  history(id: string, query?: History): Promise<readonly StoredMessage[]>;
  /**
   * Replaces the body of a message of any sender. Gives the message after the change. Rejects with 4404 if there is
   * no such message, or if it was recalled.
   */
  edit(id: string, messageId: string, message: BackEndEdit): Promise<StoredMessage>;
  /** Recalls a message of any sender. Gives the recalled message. */
  recall(id: string, messageId: string): Promise<StoredMessage>;
  /**
   * Deletes a message of any sender from the history. Clients that have it keep it: `recall` tells them. Rejects with
   * 4404 if there is no such message.
   */
  deleteMessage(id: string, messageId: string): Promise<void>;
  /**
   * A page of the history of all conversations together, or of what one client has sent, oldest first. It looks at
   * every conversation, so it is for exceptions. Messages of one sender are looked for among all others: if these are
   * more than 200,000, it rejects with 4311.
   */
  messages(query?: AllMessages): Promise<readonly StoredMessage[]>;
  /**
   * Silences clients: they can't send any more. A conversation has room for `limits.listed` clients; the outcome
   * names those for which there was no room.
   */
  silence(id: string, clientIds: readonly string[]): Promise<Outcome>;
  unsilence(id: string, clientIds: readonly string[]): Promise<Outcome>;
  /**
   * Silences a client for 1 to 86,400 seconds; without seconds, ends that. Clients that `silence` has silenced stay so.
   * A conversation has room for `limits.listed` such clients (4561).
   */
  silenceFor(id: string, clientId: string, seconds?: number): Promise<void>;
  silenced(id: string, page?: PageOf): Promise<ListPage>;
  /**
   * Blocks clients: they are removed from the conversation or the chat room, and can't join it again. A conversation
   * has room for `limits.listed` clients; the outcome names those for which there was no room.
   */
  block(id: string, clientIds: readonly string[]): Promise<Outcome>;
  unblock(id: string, clientIds: readonly string[]): Promise<Outcome>;
  blocked(id: string, page?: PageOf): Promise<ListPage>;
  /**
   * Ends all sessions of a client with `session/closed`, by default with code 4115, and makes its tokens invalid. To
   * come back, the client has to log in again, with a signature made after the kick. Resolves when the sessions have
   * been told. If it rejects, the kick may have been carried out in part; call it again.
   */
  kick(clientId: string, how?: { readonly code?: number; readonly reason?: string }): Promise<void>;
  /** Those of the given clients that have a session. */
  online(clientIds: readonly string[]): Promise<readonly string[]>;
  /**
   * How many messages a client has not read, in one conversation, or in all conversations together. Each conversation
   * counts at most `limits.unreadMessages`.
   */
  unreadCount(clientId: string, conversationId?: string): Promise<number>;
  /** How many clients there are. */
  clientCounts(): Promise<ClientCounts>;
}

/** How many clients there are, each counted once. */
export interface ClientCounts {
  /** Clients that have a session now. If the bus can't count them, those of this process. */
  readonly online: number;
  /** Clients that have logged in to this process today (UTC), within a percent or so. */
  readonly today: number;
}

/** What is counted in the process. */
export interface Counted {
  /** Clients that have a session in this process. */
  readonly onlineHere: () => number;
  /** Clients that have logged in to this process today. */
  readonly today: () => number;
}

const BACK_END: Actor = { isBackEnd: true };
const KICKED = 4115;
const DEFAULT_FOUND = 10;
const MAX_FOUND = 1_000;
const DEFAULT_HISTORY = 100;
const MAX_HISTORY = 1_000;

/** Attributes as JSON text. Attributes with cycles, or nested deeper than the stack allows, can't be written. */
const written = (attributes: ConversationInfo['attributes']): string =>
  F.pipe(
    E.tryCatch(() => encodeAttributes(attributes), E.toError),
    E.getOrElse(({ message }): string => {
      throw new Refusal(4114, `the attributes can not be written as JSON: ${message}`);
    }),
  );

/** Refuses what this kind of conversation can't have at its creation. */
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

/** Checks a count from outside: it has to be an integer between two bounds. */
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

const outcomeOf = ({ allowed, failed }: Outcome): Outcome => ({ allowed, failed });

/** The operations of the server, as the back end calls them. */
export const createBackEnd = (app: App, { onlineHere, today }: Counted): BackEnd => {
  const { store, bus } = app;
  const list =
    (name: ClientList, isOn: boolean) =>
    (id: string, clientIds: readonly string[]): Promise<Outcome> =>
      setListed(app, BACK_END, id, name, clientIds, isOn);
  const muting =
    (isMuted: boolean) =>
    async (id: string, clientIds: readonly string[]): Promise<void> => {
      checkNumber(clientIds, app.limits.clientIds);
      const { members } = forMuting(await existing(app, id), BACK_END);
      const wanted = new Set(clientIds);
      for (const member of members ?? []) if (wanted.has(member)) await store.setMuted(id, member, isMuted);
    };
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
    memberCount: async (id) => {
      const { kind, members = [] } = await existing(app, id);
      return kind === 'room' ? ((await bus.occupantCount?.(id)) ?? 0) : members.length;
    },
    mute: muting(true),
    unmute: muting(false),
    roles: async (id) => {
      await existing(app, id);
      return store.roles(id);
    },
    addMembers: (id, clientIds) => addMembers(app, BACK_END, id, clientIds).then(outcomeOf),
    removeMembers: (id, clientIds) => removeMembers(app, BACK_END, id, clientIds).then(outcomeOf),
    setRole: (id, clientId, role: MemberRole) => setRole(app, BACK_END, id, clientId, role),
    send: (id, message) => send(app, id, message, false),
    broadcast: (id, message) => send(app, id, message, true),
    history: (id, query = {}) => history(app, id, query),
    edit: (id, messageId, message) => edit(app, id, messageId, message),
    recall: (conversationId, messageId) => modify(app, BACK_END, { conversationId, messageId, recall: true }),
    deleteMessage: (id, messageId) =>
      app.inOrder(id, async () => {
        await existing(app, id);
        if (!(await store.deleteMessage(id, messageId))) throw new Refusal(4404, `there is no message ${messageId}`);
      }),
    messages: async ({ direction = 'old', limit = DEFAULT_HISTORY, ...query } = {}) => {
      checkCount(limit, 'limit', 1, MAX_HISTORY, 4311);
      return messagesAcross(store, { direction, limit, ...query });
    },
    silenceFor: (id, clientId, seconds) => silenceFor(app, BACK_END, id, clientId, seconds),
    silence: list('silenced', true),
    unsilence: list('silenced', false),
    silenced: page('silenced'),
    block: list('blocked', true),
    unblock: list('blocked', false),
    blocked: page('blocked'),
    kick: async (clientId, { code = KICKED, reason = reasonOf(KICKED) } = {}) => {
      await app.endSignatures(clientId);
      const done = app.logins.kick(clientId, { code, reason });
      try {
        await store.forgetSessions(clientId);
        bus.publish([clientId], { _tag: 'Kick', code, reason });
        // A login of another process may have saved its session just before it was told.
        await store.forgetSessions(clientId);
      } finally {
        done();
      }
    },
    online: async (clientIds) => {
      checkNumber(clientIds, app.limits.clientIds);
      return bus.online(clientIds);
    },
    unreadCount: async (clientId, conversationId) => {
      if (conversationId !== undefined) {
        await existing(app, conversationId);
        return (await store.unreadOf(conversationId, [clientId])).get(clientId)?.count ?? 0;
      }
      const unread = await store.unread(clientId, undefined, Number.MAX_SAFE_INTEGER);
      return unread.reduce((sum, { count }) => sum + count, 0);
    },
    clientCounts: async () => ({ online: (await bus.clientCount?.()) ?? onlineHere(), today: today() }),
  };
};
