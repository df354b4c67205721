/** What the store reads. Each call is one look at the database, on whichever connection it has. */
import type { ConversationInfo, ConversationKind, MemberRole, ServerCommand } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import { mayAnybodySpeak } from '../../domain/conversations/access.js';
import { pageOf } from '../../domain/messages/history.js';
import { uniqueKey } from '../../domain/memory/held-conversation.js';
import { movedOf } from '../../domain/moving/conversation.js';
import type {
  HistoryQuery,
  MayNotSpeak,
  MovedConversation,
  OfflineMessages,
  StoredMessage,
  UnreadSummary,
} from '../../domain/records.js';
import type { Reads, Setting } from './calls.js';
import { flag, limitOf, listOf, maybeList, maybeNumber, number, text, type Row } from './columns.js';
import { timeInId } from './message-ids.js';
import { endOf, infoOf, kindOf, messageOf, sessionOf, standingOf, type Members } from './rows.js';
import type { Statements } from './sql.js';
import { all, one, type Steps } from './steps.js';

/** Ids of members that are kept, so that they are not read for each look at a conversation. */
const KEPT_MEMBERS = 500_000;

const ROLES: readonly MemberRole[] = ['Owner', 'Manager', 'Member'];

const roleOf = (row: Row): MemberRole => ROLES.find((role) => role === text(row, 'role')) ?? 'Member';

/** `members`: those that are kept. */
export const createReads = (
  { sql, bounds, time, timeOf, keyOf }: Setting,
  { membersOf, forget }: KeptMembers,
): Reads => {
  /** A conversation that has not ended. */
  const head = function* (id: string): Steps<Row | undefined> {
    const row = yield* one(sql.head, id);
    return row === undefined || endOf(row, bounds.kept) <= time() ? undefined : row;
  };

  /** The conversations with these ids, in this order. `but`: the kind whose members are not wanted. */
  const conversations = function* (ids: readonly string[], but?: ConversationKind): Steps<readonly ConversationInfo[]> {
    const infos: ConversationInfo[] = [];
    for (const row of yield* all(sql.conversations, listOf(ids))) {
      if (endOf(row, bounds.kept) <= time()) continue;
      const isWanted = kindOf(row) !== but;
      infos.push(infoOf(row, isWanted ? yield* membersOf(text(row, 'id'), number(row, 'members_version')) : undefined));
    }
    return infos;
  };

  /** Whether a client may speak; the back end, which is no client, may always. */
  const speakingIn = function* (
    id: string,
    kind: ConversationKind,
    clientId: string | undefined,
  ): Steps<MayNotSpeak['_tag'] | 'MaySpeak'> {
    if (clientId === undefined) return 'MaySpeak';
    const row = (yield* one(sql.standing, id, clientId, time())) ?? {};
    const isMembersOnly = !mayAnybodySpeak(kind);
    if (isMembersOnly && !flag(row, 'is_member')) return 'NotMember';
    if (flag(row, 'is_silenced')) return 'Silenced';
    return !isMembersOnly && flag(row, 'is_blocked') ? 'Blocked' : 'MaySpeak';
  };

  const messages = (rows: readonly Row[]): readonly StoredMessage[] => rows.map(messageOf);
  const maybeMessage = (row: Row | undefined): StoredMessage | undefined => (row === undefined ? row : messageOf(row));

  const unreadIn = function* (
    id: string,
    kind: ConversationKind,
    clientId: string,
    readUpTo: number,
  ): Steps<UnreadSummary> {
    const [unread, lastFor] = kind === 'system' ? [sql.unreadOfSystem, sql.lastOfSystem] : [sql.unread, sql.lastFor];
    const counted = yield* one(unread, id, clientId, readUpTo, limitOf(bounds.unreadLimit));
    const last = maybeMessage(yield* one(lastFor, id, clientId));
    return {
      conversationId: id,
      kind,
      count: counted === undefined ? 0 : number(counted, 'count'),
      mentioned: counted !== undefined && flag(counted, 'mentioned'),
      ...defined({ last }),
    };
  };

  const readUpTo = function* (id: string, clientId: string): Steps<number> {
    const mark = yield* one(sql.mark, id, clientId);
    return (mark === undefined ? undefined : maybeNumber(mark, 'read_ts')) ?? -1;
  };

  /** The statement that reads a page. */
  const pageOfKind = (kind: ConversationKind, { direction, viewer, type }: HistoryQuery): string => {
    const isOld = direction === 'old';
    if (kind === 'system' && viewer !== undefined) return isOld ? sql.olderOfSystem : sql.newerOfSystem;
    if (type === undefined) return isOld ? sql.older : sql.newer;
    return isOld ? sql.olderOfType : sql.newerOfType;
  };

  const page = function* (kind: ConversationKind, query: HistoryQuery, since: number): Steps<readonly StoredMessage[]> {
    const { conversationId: id, direction, from, to, type, limit, viewer } = query;
    const isOld = direction === 'old';
    const [first, last] = isOld ? [to, from] : [from, to];
    const low = Math.max(since, first?.timestamp ?? -Infinity);
    const high = last?.timestamp ?? Infinity;
    // The ends may be excluded, so two more are read.
    const statement = pageOfKind(kind, query);
    const isTyped = statement !== sql.older && statement !== sql.newer;
    const bounded = [id, viewer, Math.ceil(low), Math.floor(high), limitOf(limit + 2)] as const;
    const found = messages(yield* all(statement, ...bounded, ...(isTyped ? [type] : [])));
    return pageOf(isOld ? found.toReversed() : found, query, since);
  };

  const byId = (id: string, messageId: string): Steps<Row | undefined> =>
    one(sql.messageById, id, messageId, timeInId(messageId));

  return {
    head,
    byId,
    membersOf,
    forget,
    conversations,
    unreadIn,

    /** A page of conversations: all, or those of a kind, newest first. */
    *conversationIds(kind, after, limit) {
      const { createdAt, id } = after ?? { createdAt: Infinity, id: '' };
      const rows =
        kind === undefined
          ? yield* all(sql.allIds, createdAt, id, limitOf(limit))
          : yield* all(sql.idsOfKind, createdAt, id, limitOf(limit), kind);
      return rows.map((row) => ({ createdAt: number(row, 'created_at'), id: text(row, 'id') }));
    },

    *conversationPage(limit, after = '') {
      const ids = (yield* all(sql.idsAfter, after, limitOf(limit + 1))).map((row) => text(row, 'id'));
      const page = ids.slice(0, limit);
      const moved: MovedConversation[] = [];
      for (const info of yield* conversations(page)) {
        const row = info.unique === true ? yield* one(sql.idOfUnique, keyOf(uniqueKey(info))) : undefined;
        moved.push(movedOf(info, row !== undefined && text(row, 'id') === info.id));
      }
      return { conversations: moved, ...defined({ next: ids.length > limit ? page.at(-1) : undefined }) };
    },

    *standingPage(id, limit, after = '') {
      if ((yield* head(id)) === undefined) return { standings: [] };
      const found = (yield* all(sql.standingsIn, id, after, limitOf(limit + 1))).map(standingOf);
      const standings = found.slice(0, limit);
      return { standings, ...defined({ next: found.length > limit ? standings.at(-1)?.clientId : undefined }) };
    },

    *idsOfMember(clientId) {
      return (yield* all(sql.idsOfMember, clientId)).map((row) => text(row, 'cid'));
    },

    *roles(id) {
      return new Map((yield* all(sql.roles, id)).map((row) => [text(row, 'client'), roleOf(row)]));
    },

    *hasRoles(id) {
      const row = (yield* head(id)) === undefined ? undefined : yield* one(sql.hasRoles, id);
      return row !== undefined && flag(row, 'is_any');
    },

    *listed(id, list, limit, after = '') {
      const found = (yield* all(sql.listed, id, list, after, limitOf(limit + 1))).map((row) => text(row, 'client'));
      const clientIds = found.slice(0, limit);
      return { clientIds, ...defined({ next: found.length > limit ? clientIds.at(-1) : undefined }) };
    },

    *standings(clientId, ids) {
      const rows = yield* all(sql.standings, clientId, listOf(ids));
      return new Map(
        rows.map((row) => [
          text(row, 'cid'),
          { ...defined({ joinedAt: maybeNumber(row, 'joined_at') }), muted: flag(row, 'muted') },
        ]),
      );
    },

    *whoIsListed(id, list, clientIds) {
      const rows = yield* all(sql.whichAreListed, id, list, listOf(clientIds));
      return new Set(rows.map((row) => text(row, 'client')));
    },

    *whoIsSilenced(id, clientIds) {
      const rows = yield* all(sql.whichAreSilenced, id, listOf(clientIds), time());
      return new Set(rows.map((row) => text(row, 'client')));
    },

    speakingIn,

    *speaking(id, clientId) {
      const [info] = yield* conversations([id]);
      if (info === undefined) return { _tag: 'NoConversation' };
      const _tag = yield* speakingIn(id, info.kind, clientId);
      return _tag === 'MaySpeak' ? { _tag, info } : { _tag };
    },

    *message(id, key) {
      if ((yield* head(id)) === undefined) return undefined;
      return maybeMessage(
        'id' in key ? yield* byId(id, key.id) : yield* one(sql.messageByToken, id, key.from, key.token),
      );
    },

    *history(query) {
      const row = yield* head(query.conversationId);
      return row === undefined ? [] : yield* page(kindOf(row), query, time() - bounds.kept[kindOf(row)].historyTime);
    },

    *modifiedSince(clientId, since, limit) {
      const from = Math.ceil(since);
      return messages(yield* all(sql.modifiedSince, clientId, from, limitOf(limit), time()));
    },

    *receipts(id) {
      return (yield* head(id)) === undefined
        ? []
        : (yield* all(sql.receipts, id)).map((row) => {
            const readAt = maybeNumber(row, 'read_at');
            const deliveredAt = Math.max(maybeNumber(row, 'got_at') ?? -Infinity, readAt ?? -Infinity);
            return { clientId: text(row, 'client'), deliveredAt, ...defined({ readAt }) };
          });
    },

    *offline(clientId, conversationLimit, messageLimit) {
      const missed: OfflineMessages[] = [];
      for (const row of yield* all(sql.withMissed, clientId, time())) {
        if (missed.length >= conversationLimit) break;
        const id = text(row, 'cid');
        const kind = kindOf(row);
        const missedIn = kind === 'system' ? sql.missedOfSystem : sql.missed;
        const found = messages(yield* all(missedIn, id, clientId, number(row, 'got_ts'), limitOf(messageLimit + 1)));
        if (found.length > 0)
          missed.push({
            conversationId: id,
            kind,
            messages: found.slice(0, messageLimit).reverse(),
            hasMore: found.length > messageLimit,
          });
      }
      return missed;
    },

    *unreadOf(id, clientIds) {
      const row = yield* head(id);
      if (row === undefined) return new Map();
      const kind = kindOf(row);
      const summaries = new Map<string, UnreadSummary>();
      for (const clientId of clientIds)
        summaries.set(clientId, yield* unreadIn(id, kind, clientId, yield* readUpTo(id, clientId)));
      return summaries;
    },

    *unread(clientId, since, limit) {
      const summaries: UnreadSummary[] = [];
      for (const row of yield* all(sql.withUnread, clientId, since, time())) {
        if (summaries.length >= limit) break;
        const summary = yield* unreadIn(text(row, 'cid'), kindOf(row), clientId, maybeNumber(row, 'read_ts') ?? -1);
        if (summary.count > 0 || flag(row, 'is_less')) summaries.push(summary);
      }
      return summaries.sort((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0));
    },

    *session(token, now) {
      const row = yield* one(sql.session, token);
      if (row === undefined) return undefined;
      const session = sessionOf(row);
      return now === undefined ? session : { ...session, expiresAt: session.expiresAt - timeOf(now) + now };
    },

    *notices(clientId, since, limit) {
      return (yield* all(sql.notices, clientId, Math.floor(since), limitOf(limit))).map((row) => ({
        at: number(row, 'at'),
        command: JSON.parse(text(row, 'command')) as ServerCommand,
      }));
    },
  };
};

export interface KeptMembers extends Pick<Reads, 'membersOf' | 'forget'> {
  /** The members of a version of the list, if they are kept. */
  readonly known: (id: string, version: number) => Members | undefined;
}

/** The members of conversations, kept by the version of the list. */
export const keptMembers = ({ members: statement }: Statements): KeptMembers => {
  const kept = new Map<string, Members & { readonly version: number }>();
  let size = 0;

  const drop = (id: string): void => {
    size -= kept.get(id)?.all.length ?? 0;
    kept.delete(id);
  };

  const known = (id: string, version: number): Members | undefined => {
    const members = kept.get(id);
    return members?.version === version ? members : undefined;
  };

  const membersOf = function* (id: string, version: number): Steps<Members> {
    const before = known(id, version);
    if (before !== undefined) return before;
    const row = (yield* one(statement, id)) ?? {};
    const members = { version, all: maybeList(row, 'members') ?? [], muted: maybeList(row, 'muted') ?? [] };
    drop(id);
    kept.set(id, members);
    size += members.all.length;
    for (const oldest of kept.keys()) {
      if (size <= KEPT_MEMBERS || oldest === id) break;
      drop(oldest);
    }
    return members;
  };

  return {
    known,
    membersOf,
    forget: () => {
      kept.clear();
      size = 0;
    },
  };
};

/** Reads the members each time. */
export const unkeptMembers = ({ members: statement }: Statements): KeptMembers => ({
  known: () => undefined,
  *membersOf(id) {
    const row = (yield* one(statement, id)) ?? {};
    return { all: maybeList(row, 'members') ?? [], muted: maybeList(row, 'muted') ?? [] };
  },
  forget: () => undefined,
});
