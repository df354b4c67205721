/** Questions to the server: conversations, history, who is online. */
import { either as E } from 'fp-ts';
import { map, type Observable } from 'rxjs';
import { ConvResults, Logs, SessionQueryResult, decodeConversations, type ConversationInfo } from '../../codecs/index.js';
import type { Message, Position } from '../../streams/index.js';
import { InvalidArgument } from '../errors.js';
import { fromHistory, type MessageReader } from '../session/push-events.js';
import { refuse, type Link } from './link.js';

/** The protocol's bounds of a history query. */
const MAX_HISTORY = 1_000;
const MAX_ONLINE_QUERY = 20;

/** Towards newer messages. */
const FORWARD = 2;

/** Cold: the conversations of these ids that exist, in no particular order (protocol: conv/query). */
export const conversationsById = (link: Link, ids: readonly string[]): Observable<readonly ConversationInfo[]> =>
  link
    .request(
      {
        cmd: 'conv',
        op: 'query',
        convMessage: { where: { data: JSON.stringify({ objectId: { $in: ids } }) }, limit: ids.length, flag: 0 },
      },
      ConvResults,
    )
    .pipe(
      map(({ convMessage: { results } }) => {
        const infos = decodeConversations(results.data);
        if (E.isLeft(infos)) throw infos.left;
        return infos.right;
      }),
    );

const page = (link: Link, reader: MessageReader, conversationId: string, bounds: object, limit: number): Observable<readonly Message[]> =>
  link
    .request({ cmd: 'logs', logsMessage: { cid: conversationId, l: limit, ...bounds } }, Logs)
    .pipe(map(({ logsMessage: { logs = [] } }) => logs.map((item) => fromHistory(reader, conversationId, item))));

/** Cold: the `limit` newest messages, oldest first. */
export const newestMessages = (link: Link, reader: MessageReader, conversationId: string, limit: number): Observable<readonly Message[]> =>
  Number.isInteger(limit) && limit >= 1 && limit <= MAX_HISTORY
    ? page(link, reader, conversationId, {}, limit)
    : refuse(
        new InvalidArgument(`limit of a history query should be a whole number from 1 to ${String(MAX_HISTORY)}, but is ${String(limit)}`),
      );

/** Cold: up to `limit` messages after a position, oldest first. */
export const messagesAfter = (
  link: Link,
  reader: MessageReader,
  conversationId: string,
  { timestamp, id }: Position,
  limit: number,
): Observable<readonly Message[]> =>
  page(link, reader, conversationId, { t: timestamp, ...(id === '' ? {} : { mid: id }), tIncluded: false, direction: FORWARD }, limit);

/** Cold: those of the given clients that are online. */
export const onlineClients = (link: Link, ids: readonly string[]): Observable<ReadonlySet<string>> =>
  ids.length <= MAX_ONLINE_QUERY
    ? link
        .request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [...ids] } }, SessionQueryResult)
        .pipe(map(({ sessionMessage: { onlineSessionPeerIds = [] } }) => new Set(onlineSessionPeerIds)))
    : refuse(
        new InvalidArgument(`at most ${String(MAX_ONLINE_QUERY)} clients can be asked for at a time, but there are ${String(ids.length)}`),
      );
