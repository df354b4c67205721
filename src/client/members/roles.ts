/** The roles of the members of a conversation. */
import { isLeft } from '../../../codecs/either.js';
import * as c from '../../../codecs/type.js';
import { EMPTY, catchError, defer, map, merge, noop, scan, tap, type Observable } from 'rxjs';
import { ConvMemberInfoUpdated, JsonObject, decodeFailed, record, type MemberRole } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import { withRole, type Roles } from '../../../streams/index.js';
import { toRealtimeError } from '../../errors.js';
import { askHttpApi } from '../../http-api.js';
import { roleOf } from '../../session/push-events.js';
import { askWhileOpen } from '../ask-while-open.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { ofConversation, type ConversationInternals } from '../internals.js';
import { nothing } from '../nothing.js';
import { sharedByConversation } from '../shared-by-conversation.js';

const Rows = record('MemberInfos', { results: c.array(JsonObject) }, {});
const Row = record('MemberInfo', { clientId: c.string }, { role: c.string });

const toRoles = (answer: unknown): Roles => {
  const rows = Rows.decode(answer);
  if (isLeft(rows)) throw decodeFailed(rows.left);
  const entries = rows.right.results.flatMap((row): (readonly [string, MemberRole])[] => {
    const { clientId, role } = row;
    const known = { clientId, ...defined({ role: role ?? undefined }) };
    return Row.is(known) ? [[known.clientId, roleOf(known.role)]] : [];
  });
  return new Map(entries.filter(([, role]) => role !== 'Member'));
};

/** A value of a query. Not every platform has `URLSearchParams`, which replaces half characters as this does. */
const inQuery = (value: string): string => encodeURIComponent(value.replace(/[\ud800-\udfff]/gu, '\ufffd'));

/**
 * Cold: the members with a role other than `Member`. Emits once, then completes (protocol:
 * `/1.1/classes/_ConversationMemberInfo`).
 */
const fetchRoles = (
  ask: typeof askHttpApi,
  { client: { api, link, token }, id }: ConversationInternals,
): Observable<Roles> =>
  defer(() => {
    // The vendor's server has no row for the owner. Ours gives it to who asks for it.
    const [me, where] = [link.clientId, JSON.stringify({ cid: id })].map(inQuery);
    const path = `/1.1/classes/_ConversationMemberInfo?client_id=${me}&where=${where}&owner=true`;
    return ask(api, { method: 'GET', path, headers: { 'x-lc-im-session-token': token() ?? '' } });
  }).pipe(map(toRoles));

const none: Roles = new Map();

/**
 * Reports an error of the HTTP API. The connection of the session has nothing to do with it, so `ConnectionLost` is
 * reported too.
 */
const reportingApi = <T>({ client, id }: ConversationInternals, answer$: Observable<T>): Observable<T> =>
  answer$.pipe(
    catchError((thrown: unknown) => {
      const { report, link } = client;
      report({ _tag: 'CatchUp', clientId: link.clientId, conversationId: id, error: toRealtimeError(thrown) });
      return EMPTY;
    }),
  );

/** Makes the shared roles of conversations. `ask` sends the request to the HTTP API. */
export const rolesBy = (ask: typeof askHttpApi): ((conversation: ConversationInternals) => Observable<Roles>) =>
  sharedByConversation(none, (conversation) => {
    const { client, events$ } = conversation;
    const fetched$ = client.open$.pipe(
      askWhileOpen(() => reportingApi(conversation, fetchRoles(ask, conversation)), noop),
      map((roles) => () => roles),
    );
    const moved$ = events$.pipe(map((event) => (current: Roles) => withRole(current, event)));
    return merge(fetched$, moved$).pipe(scan((current, step) => step(current), none));
  });

const shared = rolesBy(askHttpApi);

/**
 * The roles of members, by client id. Shared; replays the current map. A member who is not in the map has the role
 * `Member`. The first subscription asks the application's HTTP API, and so does each reconnect; notices of the server
 * change the map. Never errors for a conversation of this package. When the client ends, it emits an
 * empty map and completes.
 *
 * @example roles(conversation).subscribe((current) => render(current.get('Tom') ?? 'Member'));
 */
export const roles = (conversation: Conversation | Room): Observable<Roles> => ofConversation(conversation, shared);

/**
 * Cold: gives a member another role. Only the owner may do it. Emits `undefined`, then completes (protocol:
 * conv/member_info_update). Errors: `ServerRejected`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`,
 * `InvalidArgument`.
 *
 * @example await firstValueFrom(setRole(conversation, 'Jerry', 'Manager'));
 */
export const setRole = (
  conversation: Conversation | Room,
  member: string,
  role: Exclude<MemberRole, 'Owner'>,
): Observable<void> =>
  ofConversation(conversation, ({ client: { link, tell }, id }) =>
    link
      .request(
        {
          cmd: 'conv',
          op: 'member_info_update',
          convMessage: { cid: id, targetClientId: member, info: { pid: member, role } },
        },
        ConvMemberInfoUpdated,
      )
      .pipe(
        tap(() => {
          tell({ _tag: 'RoleChanged', conversationId: id, member, role, by: link.clientId });
        }),
        map(nothing),
      ),
  );
