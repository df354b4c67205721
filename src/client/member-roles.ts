/** The roles of a conversation's members, asked for and kept. */
import * as t from 'io-ts';
import { EMPTY, catchError, defer, distinctUntilChanged, map, merge, scan, startWith, switchMap, type Observable } from 'rxjs';
import { isLeft } from '../../codecs/either.js';
import { decodeFailed, JsonObject, record, type MemberRole } from '../../codecs/index.js';
import { shareLatest, withRole, type ConversationEvent, type Roles } from '../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../errors.js';
import type { HttpApi } from '../http-api.js';
import { roleOf } from '../session/push-events.js';

const Rows = record('MemberInfos', { results: t.array(JsonObject) }, {});
const Row = record('MemberInfo', { clientId: t.string }, { role: t.string });

export interface MemberRolesOptions {
  readonly api: HttpApi;
  readonly clientId: string;
  readonly conversationId: string;
  /** The session's token. */
  readonly token: () => string | undefined;
  /** Whether the session is open; repeats nothing. */
  readonly open$: Observable<boolean>;
  /** The conversation's log. */
  readonly events$: Observable<ConversationEvent>;
  readonly onFailure: (error: RealtimeError) => void;
}

const toRoles = (answer: unknown): Roles => {
  const rows = Rows.decode(answer);
  if (isLeft(rows)) throw decodeFailed(rows.left);
  const entries = rows.right.results.flatMap((row): (readonly [string, MemberRole])[] => {
    const { clientId, role } = row;
    const known = { clientId, ...(role === undefined || role === null ? {} : { role }) };
    return Row.is(known) ? [[known.clientId, roleOf(known.role)]] : [];
  });
  return new Map(entries.filter(([, role]) => role !== 'Member'));
};

/** Cold: the roles of those who have one; then completes (protocol: `/1.1/classes/_ConversationMemberInfo`). */
const fetchRoles = ({ api, clientId, conversationId, token }: MemberRolesOptions): Observable<Roles> =>
  defer(() => {
    const query = new URLSearchParams({ client_id: clientId, where: JSON.stringify({ cid: conversationId }) });
    const path = `/1.1/classes/_ConversationMemberInfo?${query.toString()}`;
    return api({ method: 'GET', path, headers: { 'x-lc-im-session-token': token() ?? '' } });
  }).pipe(map(toRoles));

/**
 * The roles of members by client id; who is not in it is a `Member`. Asked for with the first subscriber and again after each reconnect, and moved by the log. Shared, replays the current map.
 * Never errors; completes with the log.
 */
export const memberRoles = (options: MemberRolesOptions): Observable<Roles> => {
  const { open$, events$, onFailure } = options;
  const none: Roles = new Map();
  const fetched$ = open$.pipe(
    switchMap((open) =>
      open
        ? fetchRoles(options).pipe(
            catchError((thrown: unknown) => {
              onFailure(toRealtimeError(thrown));
              return EMPTY;
            }),
          )
        : EMPTY,
    ),
    map((roles) => () => roles),
  );
  const moved$ = events$.pipe(map((event) => (roles: Roles) => withRole(roles, event)));
  return merge(fetched$, moved$).pipe(
    scan((roles, step) => step(roles), none),
    startWith(none),
    distinctUntilChanged(),
    shareLatest(),
  );
};
