/**
 * Finds in the database what was lost between processes from a time on, as a login does for one client: messages,
 * changes of messages, read marks, notices, and sessions that others have ended.
 */
import { either as E, json as J } from 'fp-ts';
import { breather } from '../breather.js';
import type { ConversationInfo, ServerCommand } from '../../codecs/index.js';
import { directPush, patchPush } from '../domain/messages/pushes.js';
import { unreadPush } from '../domain/messages/unread-push.js';
import { isFor } from '../domain/messages/history.js';
import type { StoredMessage } from '../domain/records.js';
import { reasonOf } from '../domain/refusal.js';
import type { Notice } from '../notice.js';
import type { Store } from '../store/store.js';
import type { Nodes } from './nodes.js';
import { COMMIT_TIME } from './timing.js';
import type { Here, LocalSession, Parcel } from './parcel.js';
import { sees } from './snapshot.js';

/** Messages that are read at once. */
const PAGE = 500;
/** Clients that are looked at by one statement. */
const CLIENTS_AT_ONCE = 500;
const KICKED = 4115;

const pagesOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, page) => all.slice(page * size, (page + 1) * size));

const push = (command: ServerCommand, except?: string): Notice => ({
  _tag: 'Push',
  command,
  ...(except === undefined ? {} : { except }),
});

export interface SweepOptions {
  /** The time of the database, as far as it is known, ms. */
  readonly now: () => number;
  readonly store: Pick<Store, 'conversations' | 'history' | 'unreadOf' | 'whoIsListed'>;
  readonly nodes: Pick<Nodes, 'active' | 'edited' | 'members' | 'read' | 'roomsUpTo' | 'told' | 'tokens' | 'written'>;
  readonly here: Here;
  /** The session that has sent a message, if it waits for its answer here. */
  readonly senderOf: (conversationId: string, at: number) => string | undefined;
  /** Whether a message of a system conversation, or a notice, was delivered lately. */
  readonly wasSeen: (key: string) => boolean;
  readonly know: (conversationId: string, at: number, floor: number) => void;
  readonly arrive: (parcel: Parcel, conversationId?: string) => void;
}

/** Names a notice that is kept, so that it is not given twice. */
export const noticeKey = (clientId: string, command: ServerCommand): string | undefined => {
  const serverTs: unknown = 'serverTs' in command ? command.serverTs : undefined;
  const op: unknown = 'op' in command ? command.op : '';
  return typeof serverTs === 'number' ? `${clientId} ${command.cmd} ${String(op)} ${serverTs}` : undefined;
};

/** A conversation in which there are messages, and those of its members that are here. */
interface Active {
  lastAt: number;
  readonly isSystem: boolean;
  readonly clients: string[];
}

export interface Sweeps {
  /** A page of the messages of a conversation after a time, as they are to be delivered. */
  readonly read: (
    conversationId: string,
    after: number,
  ) => Promise<{
    readonly messages: readonly { readonly at: number; readonly value: Parcel }[];
    readonly isAll: boolean;
  }>;
  /** Looks for messages since a time. */
  readonly messages: (since: number) => Promise<void>;
  /** Looks for everything else since a time. */
  readonly others: (since: number) => Promise<void>;
  /** Looks for messages in a chat room. */
  readonly room: (roomId: string) => Promise<void>;
}

export const createSweeps = ({ now, store, nodes, here, senderOf, wasSeen, know, arrive }: SweepOptions): Sweeps => {
  /** The time of the earliest of their sessions; Infinity if they have none here. */
  const sinceOf = (clientIds: readonly string[]): number =>
    clientIds
      .flatMap((id) => here.sessionsOf(id).map(({ since }) => since))
      .reduce((least, since) => Math.min(least, since), Infinity);

  const history = (conversationId: string, after: number): Promise<readonly StoredMessage[]> =>
    store.history({
      conversationId,
      direction: 'new',
      from: { timestamp: after, included: false },
      limit: PAGE,
    });

  /**
   * Tells which sessions of this process messages are for: not for those whose clients could read them when they came.
   * The time does not say it if a message was stored while its receiver came.
   */
  const receiversAmong = async (
    conversationId: string,
    messages: readonly StoredMessage[],
    joinedAt: ReadonlyMap<string, number>,
  ): Promise<(message: StoredMessage) => readonly LocalSession[]> => {
    const [first, last] = [messages[0]?.timestamp ?? 0, messages.at(-1)?.timestamp ?? 0];
    const close = [...joinedAt.keys()]
      .flatMap(here.sessionsOf)
      .map(({ since }) => since)
      .filter((since) => since > first - COMMIT_TIME && since < last + COMMIT_TIME);
    const [from, to] = [Math.min(...close) - COMMIT_TIME, Math.max(...close) + COMMIT_TIME];
    const written = close.length === 0 ? undefined : await nodes.written(conversationId, from, to);
    const couldRead = ({ since, seen }: LocalSession, at: number): boolean => {
      const last = Math.abs(at - since) < COMMIT_TIME ? written?.get(at) : undefined;
      if (last === undefined || seen === undefined) return at <= since;
      return sees(seen, last.by) || (last.isChanged && at <= since);
    };
    return (message) =>
      [...joinedAt]
        .filter(([clientId, at]) => at <= message.timestamp && isFor(message, clientId))
        .flatMap(([clientId]) => here.sessionsOf(clientId))
        .filter((session) => !couldRead(session, message.timestamp));
  };

  const membersHere = ({ members }: ConversationInfo): readonly string[] => {
    const local = here.clientIds();
    if (members === undefined) return local;
    const isHere = new Set(local);
    return members.filter((id) => isHere.has(id));
  };

  const read: Sweeps['read'] = async (conversationId, after) => {
    const [info] = await store.conversations([conversationId]);
    if (info === undefined) return { messages: [], isAll: true };
    const isRoom = info.kind === 'room';
    const floor = isRoom ? here.roomSince(conversationId) : sinceOf(membersHere(info));
    // Nobody is here any more.
    if (floor === undefined || floor === Infinity) return { messages: [], isAll: true };
    // What has come from another process is delivered even if it is a little older than the sessions.
    const found = await history(conversationId, Math.max(after, floor - COMMIT_TIME));
    // Who has come while it was read may not have seen all of it.
    const [infoNow = info] = isRoom ? [] : await store.conversations([conversationId]);
    const joinedAt = isRoom ? new Map<string, number>() : await nodes.members(conversationId, membersHere(infoNow));
    const receiversOf = await receiversAmong(conversationId, found, joinedAt);
    const messages = found.map((message) => ({
      at: message.timestamp,
      value: {
        // Who is in a chat room has come after what is older than its first one here.
        target:
          isRoom && message.timestamp > floor
            ? ({ _tag: 'Room', id: conversationId } as const)
            : ({ _tag: 'Sessions', sessions: receiversOf(message) } as const),
        notice: push(directPush(message, { kind: info.kind }), senderOf(conversationId, message.timestamp)),
      },
    }));
    return { messages, isAll: found.length < PAGE };
  };

  /** Messages of a system conversation have no chain: those that were not seen are new. */
  const readSystem = async (conversationId: string, since: number, clientIds: readonly string[]): Promise<void> => {
    const joinedAt = await nodes.members(conversationId, clientIds);
    let after = Math.max(since - 1, sinceOf(clientIds) - COMMIT_TIME);
    for (;;) {
      const page = await history(conversationId, after);
      const receiversOf = await receiversAmong(conversationId, page, joinedAt);
      for (const message of page) {
        const sessions = receiversOf(message);
        if (sessions.length === 0 || wasSeen(message.id)) continue;
        const except = senderOf(conversationId, message.timestamp);
        const notice = push(directPush(message, { kind: 'system' }), except);
        arrive({ target: { _tag: 'Sessions', sessions }, notice }, conversationId);
      }
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) return;
      after = last.timestamp;
    }
  };

  /** The conversations of all clients, each once: whoever is in one has to be known when it is looked at. */
  const active = async (since: number): Promise<ReadonlyMap<string, Active>> => {
    const found = new Map<string, Active>();
    await each(async (clientIds) => {
      for (const { id, lastAt, clients, isSystem } of await nodes.active(clientIds, since)) {
        const known = found.get(id);
        if (known === undefined) found.set(id, { lastAt, isSystem, clients: [...clients] });
        else {
          known.lastAt = Math.max(known.lastAt, lastAt);
          known.clients.push(...clients);
        }
      }
    });
    return found;
  };

  const messages: Sweeps['messages'] = async (since) => {
    const breathe = breather();
    for (const [id, { lastAt, isSystem, clients }] of await active(since)) {
      const floor = sinceOf(clients);
      // They have left.
      if (floor === Infinity) continue;
      if (isSystem) await readSystem(id, since, clients);
      else know(id, lastAt, floor - COMMIT_TIME);
      await breathe();
    }
    await rooms(here.rooms());
  };

  const rooms = async (ids: readonly string[]): Promise<void> => {
    for (const page of pagesOf(ids, CLIENTS_AT_ONCE))
      for (const { id, lastAt } of await nodes.roomsUpTo(page)) {
        const floor = here.roomSince(id);
        if (floor !== undefined) know(id, lastAt, floor - COMMIT_TIME);
      }
  };

  const editsOf = async (clientIds: readonly string[], roomIds: readonly string[], since: number): Promise<void> => {
    for (const { message, clients } of await nodes.edited(clientIds, roomIds, since)) {
      const ids = clients.filter((id) => isFor(message, id));
      const { conversationId } = message;
      const notice = push(patchPush([message]));
      if (ids.length > 0) arrive({ target: { _tag: 'Clients', ids }, notice }, conversationId);
      else if (roomIds.includes(conversationId))
        arrive({ target: { _tag: 'Room', id: conversationId }, notice }, conversationId);
    }
  };

  const marksOf = async (clientIds: readonly string[], since: number): Promise<void> => {
    for (const [clientId, conversations] of await nodes.read(clientIds, since))
      for (const id of conversations) {
        const summaries = [...(await store.unreadOf(id, [clientId])).values()];
        if (summaries.length > 0)
          arrive({
            target: { _tag: 'Clients', ids: [clientId] },
            notice: push(unreadPush(summaries, Date.now())),
          });
      }
  };

  const noticesOf = async (clientIds: readonly string[], since: number): Promise<void> => {
    for (const { client, command: text } of await nodes.told(clientIds, since)) {
      const json = J.parse(text);
      if (E.isLeft(json)) continue;
      const command = json.right as unknown as ServerCommand;
      const key = noticeKey(client, command);
      if (key === undefined || wasSeen(key)) continue;
      arrive({ target: { _tag: 'Clients', ids: [client] }, notice: push(command) });
    }
  };

  /** Puts out who was blocked in a chat room, and everybody if it was deleted. */
  const exitsOf = async (roomIds: readonly string[]): Promise<void> => {
    const known = new Set((await store.conversations(roomIds)).map(({ id }) => id));
    for (const id of roomIds) {
      const clients = here.clientsIn(id);
      const out = known.has(id) ? [...(await store.whoIsListed(id, 'blocked', clients))] : clients;
      if (out.length > 0) arrive({ target: { _tag: 'Clients', ids: out }, notice: { _tag: 'Exit', roomId: id } }, id);
    }
  };

  /** Ends the sessions that others have ended. */
  const sessionsOf = async (clientIds: readonly string[]): Promise<void> => {
    const sessions = clientIds
      .flatMap((id) => here.sessionsOf(id))
      .flatMap((session) =>
        session.token === undefined || !session.isOpen() ? [] : { ...session, token: session.token },
      );
    const states = await nodes.tokens(sessions.map(({ token }) => token));
    for (const { id, token, expiresAt, receive, isOpen } of sessions) {
      const state = states.get(token);
      if (!isOpen()) continue;
      // A token that has ended is forgotten. A session lasts as long as its socket.
      if (state === undefined && expiresAt <= now()) continue;
      if (state === undefined) receive({ _tag: 'Kick', code: KICKED, reason: reasonOf(KICKED) });
      else if (state.holder !== id) receive({ _tag: 'Resume', session: id });
      else if (state.isDisplaced) receive({ _tag: 'Displace', sessions: [id] });
    }
  };

  const each = async (look: (clientIds: readonly string[]) => Promise<void>): Promise<void> => {
    const breathe = breather();
    for (const page of pagesOf(here.clientIds(), CLIENTS_AT_ONCE)) {
      await look(page);
      await breathe();
    }
  };

  return {
    read,
    messages,
    others: async (since) => {
      await each(async (clientIds) => {
        await sessionsOf(clientIds);
        await editsOf(clientIds, [], since);
        await marksOf(clientIds, since);
        await noticesOf(clientIds, since);
      });
      for (const page of pagesOf(here.rooms(), CLIENTS_AT_ONCE)) {
        await exitsOf(page);
        await editsOf([], page, since);
      }
    },
    room: (roomId) => rooms([roomId]),
  };
};
