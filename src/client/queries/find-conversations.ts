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

/** A query: which conversations, in which order, which part of the result, and which details. */
export interface ConversationQuery {
  /** The condition. Default: all conversations that this client may see. */
  readonly where?: Condition;
  /**
   * The keys to sort by, as in `where`. A `-` before a key means descending. With several keys, the first one counts
   * most. Default: the server's order.
   */
  readonly sort?: string | readonly string[];
  /** Skips this many conversations. Default 0. */
  readonly skip?: number;
  /** The maximum number of results: 1 to 1,000. Default 10. */
  readonly limit?: number;
  /** Leaves out the members, which may be many. Default false. */
  readonly compact?: boolean;
  /** Includes the last message of each conversation. Default false. */
  readonly lastMessages?: boolean;
}

/** Bits of `flag`. */
const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;
const DEFAULT_LIMIT = 10;
/** The largest number of conversations that one query can return. */
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
 * Cold: the server's answer to a query, in its order, with the conversations that can't be read. Both lists together
 * are as long as the server's result (protocol: conv/query).
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
 * Cold: finds conversations. Emits an array of snapshots in the requested order, then completes (protocol:
 * conv/query). `client.conversation(id)` gives the handle of one of them.
 *
 * Errors: `ServerRejected` (4310 if the server does not accept the query), `ConnectionLost`, `CommandTimeout`,
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
      // A compact snapshot has less than the client may know already, so it does not replace it.
      concatMap((infos) => (query.compact === true ? [infos] : learn(internals, infos))),
    ),
  );
