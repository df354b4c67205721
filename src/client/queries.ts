/** Questions to the server: conversations, who is online. */
import { either as E } from 'fp-ts';
import { map, type Observable } from 'rxjs';
import { ConvResults, SessionQueryResult, decodeConversations, type ConversationInfo } from '../../codecs/index.js';
import { InvalidArgument } from '../errors.js';
import { refuse, type Link } from './link.js';

const MAX_ONLINE_QUERY = 20;

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

/** Cold: those of the given clients that are online. */
export const onlineClients = (link: Link, ids: readonly string[]): Observable<ReadonlySet<string>> =>
  ids.length <= MAX_ONLINE_QUERY
    ? link
        .request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [...ids] } }, SessionQueryResult)
        .pipe(map(({ sessionMessage: { onlineSessionPeerIds = [] } }) => new Set(onlineSessionPeerIds)))
    : refuse(
        new InvalidArgument(`at most ${String(MAX_ONLINE_QUERY)} clients can be asked for at a time, but there are ${String(ids.length)}`),
      );
