/** Whether other clients are online. */
import {
  NEVER,
  concat,
  distinctUntilChanged,
  isObservable,
  map,
  of,
  repeat,
  switchMap,
  EMPTY,
  type Observable,
} from 'rxjs';
import { SessionQueryResult } from '../../../codecs/index.js';
import { presenceByPolling, shareLatest } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import type { Client } from '../client.js';
import { emptyAtEnd } from '../empty-at-end.js';
import { ofClient } from '../internals.js';
import { refuse, type Link } from '../link.js';

/** The largest number of clients in one question. */
const MAX_ONLINE_QUERY = 20;
/** The period for asking about all watched clients, ms. */
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
 * Cold: asks which of these clients are online; 20 ids at most. Emits the set of their ids, then completes (protocol:
 * session/query). Errors: `InvalidArgument`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`.
 *
 * @example const here = await firstValueFrom(online(client, ['Jerry', 'Spike']));
 */
export const online = (client: Client, ids: readonly string[]): Observable<ReadonlySet<string>> =>
  ofClient(client, ({ link }) => onlineClients(link, ids));

/** The watched ids. Never completes by itself. */
const watched = (ids: Iterable<string> | Observable<Iterable<string>>): Observable<Iterable<string>> =>
  isObservable(ids) ? concat(ids, NEVER) : concat(of(ids), NEVER);

/**
 * Watches whether clients are online. Takes ids, or a stream of ids. Emits a map from client id to whether it is
 * online; clients whose state is unknown are not in the map.
 *
 * While somebody is subscribed, the server is asked about all ids every 10 s and after each reconnect, and about new
 * ids at once (protocol: session/query). Starts with an empty map, and emits only when the map changes. While there
 * is no connection, the map stays as it is. Hot and shared; replays the current map to later subscribers. Never
 * errors for a client of this package. When the client ends, it emits an empty map and completes.
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
      emptyAtEnd<ReadonlyMap<string, boolean>>(open$, new Map()),
      distinctUntilChanged((a, b) => a === b || a.size + b.size === 0),
    ),
  );
