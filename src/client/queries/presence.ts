/** Which clients are online. */
import {
  NEVER,
  concat,
  endWith,
  ignoreElements,
  isObservable,
  map,
  of,
  repeat,
  switchMap,
  takeUntil,
  EMPTY,
  type Observable,
} from 'rxjs';
import { SessionQueryResult } from '../../../codecs/index.js';
import { presenceByPolling, shareLatest } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import type { Client } from '../client.js';
import { ofClient } from '../internals.js';
import { refuse, type Link } from '../link.js';

/** So many clients can be asked for at a time. */
const MAX_ONLINE_QUERY = 20;
/** How often all are asked for, ms. */
const PRESENCE_PERIOD = 10_000;

const onlineClients = (link: Link, ids: readonly string[]): Observable<ReadonlySet<string>> =>
  ids.length <= MAX_ONLINE_QUERY
    ? link
        .request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [...ids] } }, SessionQueryResult)
        .pipe(map(({ sessionMessage: { onlineSessionPeerIds = [] } }) => new Set(onlineSessionPeerIds)))
    : refuse(
        new InvalidArgument(
          `at most ${String(MAX_ONLINE_QUERY)} clients can be asked for at a time, but there are ${String(ids.length)}`,
        ),
      );

/**
 * Cold: which of these clients (20 at most) are online; emits once, then completes (protocol: session/query).
 * Errors: `InvalidArgument`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`.
 *
 * @example const here = await firstValueFrom(online(client, ['Jerry', 'Spike']));
 */
export const online = (client: Client, ids: readonly string[]): Observable<ReadonlySet<string>> =>
  ofClient(client, ({ link }) => onlineClients(link, ids));

/** Whoever is watched, for as long as somebody wants to know. */
const watched = (ids: Iterable<string> | Observable<Iterable<string>>): Observable<Iterable<string>> =>
  isObservable(ids) ? concat(ids, NEVER) : concat(of(ids), NEVER);

/**
 * Who of the clients that are watched is online; clients without a known state are left out. Given ids, or a stream
 * of them: new ids are asked for at once, all of them every 10 s and after each reconnect, while somebody is
 * subscribed. Starts with an empty map, and emits a new one only where it says something else; what is known is kept
 * while there is no connection. Replays to each further subscriber. Never errors for a client of this package,
 * completes when the client is closed.
 *
 * @example presence(client, ['Jerry', 'Spike']).subscribe((online) => dots.set(online));
 */
export const presence = (
  client: Client,
  ids: Iterable<string> | Observable<Iterable<string>>,
): Observable<ReadonlyMap<string, boolean>> =>
  ofClient(client, ({ link, open$, clock }) =>
    watched(ids).pipe(
      presenceByPolling({
        ask: (some) => onlineClients(link, some),
        every$: open$.pipe(
          switchMap((open) => (open ? concat(of(undefined), clock.after(PRESENCE_PERIOD).pipe(repeat())) : EMPTY)),
        ),
        batch: MAX_ONLINE_QUERY,
      }),
      shareLatest(),
      takeUntil(open$.pipe(ignoreElements(), endWith(true))),
    ),
  );
