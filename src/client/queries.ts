/** Questions to the server: conversations, who is online. */
import { defaultIfEmpty, defer, forkJoin, map, type Observable } from 'rxjs';
import { isLeft } from '../../codecs/either.js';
import {
  ConvResults,
  SessionQueryResult,
  readConversations,
  type ClientCommand,
  type ConversationInfo,
  type ReadConversations,
} from '../../codecs/index.js';
import { InvalidArgument } from '../errors.js';
import { refuse, type Link } from './link.js';
import { wireKey, type Condition } from './where.js';

/** So many clients can be asked for at a time. */
export const MAX_ONLINE_QUERY = 20;

/** Which conversations, in which order, which stretch of them, and what of each. */
export interface ConversationQuery {
  /** Default: all that this client may see. */
  readonly where?: Condition;
  /** Keys as in `where`; a `-` before one is descending, the first counts most. Default: the server's. */
  readonly sort?: string | readonly string[];
  /** Leaves out so many. Default 0. */
  readonly skip?: number;
  /** At most so many: 1 to 1,000. Default 10. */
  readonly limit?: number;
  /** Without members, which may be many. Default false. */
  readonly compact?: boolean;
  /** With the last message of each. Default false. */
  readonly lastMessages?: boolean;
}

/** Bits of `flag`. */
const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;
const DEFAULT_LIMIT = 10;
/** So many conversations can be asked for at a time. */
export const MAX_LIMIT = 1_000;

const sortOf = (sort: string | readonly string[]): string =>
  (typeof sort === 'string' ? [sort] : sort).map((key) => (key.startsWith('-') ? `-${wireKey(key.slice(1))}` : wireKey(key))).join(',');

const problemWith = ({ skip = 0, limit = DEFAULT_LIMIT }: ConversationQuery): string | undefined => {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    return `limit should be from 1 to ${String(MAX_LIMIT)}, but is ${String(limit)}`;
  return Number.isInteger(skip) && skip >= 0 ? undefined : `skip should be 0 or more, but is ${String(skip)}`;
};

type Query = Extract<ClientCommand, { cmd: 'conv'; op: 'query' }>['convMessage'];

/** What can't be read is a fault, and takes nothing else with it. */
const ask = (link: Link, convMessage: Query): Observable<ReadConversations> =>
  link.request({ cmd: 'conv', op: 'query', convMessage }, ConvResults).pipe(
    map((answer) => {
      const read = readConversations(answer.convMessage.results.data);
      if (isLeft(read)) throw read.left;
      for (const { error } of read.right.unreadable) link.report?.({ _tag: 'Frame', error });
      return read.right;
    }),
  );

/** Cold: what the server answers to a query, in its order, with what can't be read: together they are as many as it has found (protocol: conv/query). */
export const queryConversations = (link: Link, query: ConversationQuery): Observable<ReadConversations> =>
  defer(() => {
    const problem = problemWith(query);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    const { where, sort, skip, limit = DEFAULT_LIMIT, compact = false, lastMessages = false } = query;
    return ask(link, {
      where: { data: JSON.stringify(where?.where ?? {}) },
      limit,
      flag: (compact ? COMPACT : 0) | (lastMessages ? WITH_LAST_MESSAGE : 0),
      ...(sort === undefined ? {} : { sort: sortOf(sort) }),
      ...(skip === undefined ? {} : { skip }),
    });
  });

/** Cold: the conversations that a query asks for, in its order (protocol: conv/query). */
export const findConversations = (link: Link, query: ConversationQuery): Observable<readonly ConversationInfo[]> =>
  queryConversations(link, query).pipe(map(({ infos }) => infos));

/** Temporary conversations are asked for by their ids, in a field of their own. */
const isTemporary = (id: string): boolean => id.startsWith('_tmp:');

const temporaryById = (link: Link, ids: readonly string[]): Observable<ReadConversations> =>
  ask(link, { tempConvIds: [...ids], limit: ids.length });

const ordinaryById = (link: Link, ids: readonly string[]): Observable<ReadConversations> =>
  queryConversations(link, { where: { where: { objectId: { $in: [...ids] } } }, limit: ids.length });

/** What the server says of the conversations of some ids. */
export interface LookedUp extends ReadConversations {
  /** Ids of those that don't exist: neither described nor unreadable. */
  readonly gone: readonly string[];
}

/** What it says of some of the ids. */
export const lookedUpOf = ({ infos, unreadable, gone }: LookedUp, ids: readonly string[]): LookedUp => {
  const wanted = new Set(ids);
  return {
    infos: infos.filter(({ id }) => wanted.has(id)),
    unreadable: unreadable.filter(({ id }) => id === undefined || wanted.has(id)),
    gone: gone.filter((id) => wanted.has(id)),
  };
};

/** Cold: the conversations of these ids that exist, in no particular order (protocol: conv/query). */
export const conversationsById = (link: Link, ids: readonly string[]): Observable<LookedUp> => {
  const temporary = ids.filter(isTemporary);
  const others = ids.filter((id) => !isTemporary(id));
  const asked = [
    ...(temporary.length === 0 ? [] : [temporaryById(link, temporary)]),
    ...(others.length === 0 ? [] : [ordinaryById(link, others)]),
  ];
  return forkJoin(asked).pipe(
    defaultIfEmpty([]),
    map((answers) => {
      const infos = answers.flatMap((answer) => answer.infos);
      const unreadable = answers.flatMap((answer) => answer.unreadable);
      const there = new Set([...infos, ...unreadable].map(({ id }) => id));
      // Which one it is that can't be read and has no id, nobody knows: any of them.
      return { infos, unreadable, gone: there.has(undefined) ? [] : ids.filter((id) => !there.has(id)) };
    }),
  );
};

/** Cold: those of the given clients that are online. */
export const onlineClients = (link: Link, ids: readonly string[]): Observable<ReadonlySet<string>> =>
  ids.length <= MAX_ONLINE_QUERY
    ? link
        .request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [...ids] } }, SessionQueryResult)
        .pipe(map(({ sessionMessage: { onlineSessionPeerIds = [] } }) => new Set(onlineSessionPeerIds)))
    : refuse(
        new InvalidArgument(`at most ${String(MAX_ONLINE_QUERY)} clients can be asked for at a time, but there are ${String(ids.length)}`),
      );
