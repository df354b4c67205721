/** Questions to the server: conversations, who is online. */
import { either as E } from 'fp-ts';
import { defaultIfEmpty, defer, forkJoin, map, type Observable } from 'rxjs';
import { ConvResults, SessionQueryResult, decodeConversations, type ConversationInfo } from '../../codecs/index.js';
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
const MAX_LIMIT = 1_000;

const sortOf = (sort: string | readonly string[]): string =>
  (typeof sort === 'string' ? [sort] : sort).map((key) => (key.startsWith('-') ? `-${wireKey(key.slice(1))}` : wireKey(key))).join(',');

const problemWith = ({ skip = 0, limit = DEFAULT_LIMIT }: ConversationQuery): string | undefined => {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    return `limit should be from 1 to ${String(MAX_LIMIT)}, but is ${String(limit)}`;
  return Number.isInteger(skip) && skip >= 0 ? undefined : `skip should be 0 or more, but is ${String(skip)}`;
};

/** Cold: the conversations that a query asks for, in its order (protocol: conv/query). */
export const findConversations = (link: Link, query: ConversationQuery): Observable<readonly ConversationInfo[]> =>
  defer(() => {
    const problem = problemWith(query);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    const { where, sort, skip, limit = DEFAULT_LIMIT, compact = false, lastMessages = false } = query;
    return link
      .request(
        {
          cmd: 'conv',
          op: 'query',
          convMessage: {
            where: { data: JSON.stringify(where?.where ?? {}) },
            limit,
            flag: (compact ? COMPACT : 0) | (lastMessages ? WITH_LAST_MESSAGE : 0),
            ...(sort === undefined ? {} : { sort: sortOf(sort) }),
            ...(skip === undefined ? {} : { skip }),
          },
        },
        ConvResults,
      )
      .pipe(map(({ convMessage: { results } }) => read(results.data)));
  });

const read = (data: string): readonly ConversationInfo[] => {
  const infos = decodeConversations(data);
  if (E.isLeft(infos)) throw infos.left;
  return infos.right;
};

/** Temporary conversations are asked for by their ids, in a field of their own. */
const isTemporary = (id: string): boolean => id.startsWith('_tmp:');

const temporaryById = (link: Link, ids: readonly string[]): Observable<readonly ConversationInfo[]> =>
  link
    .request({ cmd: 'conv', op: 'query', convMessage: { tempConvIds: [...ids], limit: ids.length } }, ConvResults)
    .pipe(map(({ convMessage: { results } }) => read(results.data)));

const ordinaryById = (link: Link, ids: readonly string[]): Observable<readonly ConversationInfo[]> =>
  findConversations(link, { where: { where: { objectId: { $in: [...ids] } } }, limit: ids.length });

/** Cold: the conversations of these ids that exist, in no particular order (protocol: conv/query). */
export const conversationsById = (link: Link, ids: readonly string[]): Observable<readonly ConversationInfo[]> => {
  const temporary = ids.filter(isTemporary);
  const others = ids.filter((id) => !isTemporary(id));
  const asked = [
    ...(temporary.length === 0 ? [] : [temporaryById(link, temporary)]),
    ...(others.length === 0 ? [] : [ordinaryById(link, others)]),
  ];
  return forkJoin(asked).pipe(
    map((found) => found.flat()),
    defaultIfEmpty([]),
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
