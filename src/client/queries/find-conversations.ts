/** Queries for conversations. */
import { concatMap, defer, map, type Observable } from 'rxjs';
import type { ConversationInfo, ReadConversations } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import { InvalidArgument } from '../../errors.js';
import type { Client } from '../client.js';
import { learn } from '../conversation/learn.js';
import { ofClient } from '../internals.js';
import { refuse, type Link } from '../link.js';
import { askConversations } from './conversations-by-id.js';
import type { Condition } from './where.js';
import { wireKey } from './wire-key.js';

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
  (typeof sort === 'string' ? [sort] : sort)
    .map((key) => (key.startsWith('-') ? `-${wireKey(key.slice(1))}` : wireKey(key)))
    .join(',');

const problemWith = ({ skip = 0, limit = DEFAULT_LIMIT }: ConversationQuery): string | undefined => {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    return `limit should be from 1 to ${String(MAX_LIMIT)}, but is ${String(limit)}`;
  return Number.isInteger(skip) && skip >= 0 ? undefined : `skip should be 0 or more, but is ${String(skip)}`;
};

/**
 * Cold: what the server answers to a query, in its order, with what can't be read: together they are as many as it
 * has found (protocol: conv/query).
 */
export const queryConversations = (link: Link, query: ConversationQuery): Observable<ReadConversations> =>
  defer(() => {
    const problem = problemWith(query);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    const { where, sort, skip, limit = DEFAULT_LIMIT, compact = false, lastMessages = false } = query;
    return askConversations(link, {
      where: { data: JSON.stringify(where?.where ?? {}) },
      limit,
      flag: (compact ? COMPACT : 0) | (lastMessages ? WITH_LAST_MESSAGE : 0),
      ...defined({ sort: sort === undefined ? undefined : sortOf(sort), skip }),
    });
  });

/**
 * Cold: asks for the conversations that a condition holds for; emits them as they are now, in the order that is asked
 * for, then completes (protocol: conv/query). `client.conversation(id)` gives the handle of one. Errors:
 * `ServerRejected` 4310 where the server does not take the query, `ConnectionLost`, `CommandTimeout`,
 * `SessionClosed`, `InvalidArgument`.
 *
 * @example
 * findConversations(client, {
 *   where: where.and(where.equal('topic', 'mice'), where.exists('open')),
 *   sort: '-lastMessageAt',
 *   limit: 20,
 * });
 */
export const findConversations = (
  client: Client,
  query: ConversationQuery = {},
): Observable<readonly ConversationInfo[]> =>
  ofClient(client, (internals) =>
    queryConversations(internals.link, query).pipe(
      map(({ infos }) => infos),
      // What is compact says less than what is known.
      concatMap((infos) => (query.compact === true ? [infos] : learn(internals, infos))),
    ),
  );
