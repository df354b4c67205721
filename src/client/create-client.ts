/** The streams and commands of a client, made from its session, its state and its log. */
import { dequal } from 'dequal';
import {
  EMPTY,
  NEVER,
  concat,
  concatMap,
  defer,
  distinctUntilChanged,
  endWith,
  filter,
  forkJoin,
  defaultIfEmpty,
  ignoreElements,
  isObservable,
  map,
  of,
  repeat,
  take,
  switchMap,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';
import { modifications, presenceByPolling, shareLatest, totalUnread } from '../../streams/index.js';
import type { ConnectionEvent } from '../connection/state.js';
import type { Client } from './client.js';
import { nothing } from './nothing.js';
import type { ClientStatus } from './client-status.js';
import { conversationList, toSnapshot, type ListSource } from './queries/conversation-list.js';
import type { Conversation } from './conversation/conversation.js';
import { conversationById, startConversation, startRoom, startTemporary } from './conversation/create-conversation.js';
import type { SigningLink } from './link.js';
import { MAX_ONLINE_QUERY, findConversations, onlineClients } from './queries/queries.js';
import type { Rooms } from './rooms/room.js';

export interface ClientSource extends ListSource {
  readonly link: SigningLink;
  readonly status$: Observable<ClientStatus>;
  readonly connection$: Observable<ConnectionEvent>;
  readonly rooms: Rooms;
  readonly handle: (id: string) => Conversation;
  /** Logs out. */
  readonly logout: () => void;
}

/** How often all are asked for, ms. */
const PRESENCE_PERIOD = 10_000;

/** Whoever is watched, for as long as somebody wants to know. */
const watched = (ids: Iterable<string> | Observable<Iterable<string>>): Observable<Iterable<string>> =>
  isObservable(ids) ? concat(ids, NEVER) : concat(of(ids), NEVER);

export const createClient = (source: ClientSource): Client => {
  const { link, reader, state, log$, tell, rooms, handle, status$, open$, clock } = source;

  /** Notes what the server says of conversations. */
  const learn = (infos: readonly ConversationInfo[]): Observable<readonly ConversationInfo[]> =>
    forkJoin(infos.map((info) => toSnapshot(reader, info))).pipe(
      tap((snapshots) => {
        snapshots.forEach(tell);
      }),
      map(() => infos),
      defaultIfEmpty(infos),
    );

  const learned = <H>(info$: Observable<ConversationInfo>, toHandle: (id: string) => H): Observable<H> =>
    info$.pipe(concatMap((info) => learn([info]).pipe(map(() => toHandle(info.id)))));

  const unread$ = state.unread.all$.pipe(
    map((all) => new Map([...all].flatMap(([id, { count, mentioned }]) => (count > 0 ? [[id, { count, mentioned }] as const] : [])))),
    distinctUntilChanged((before, now) => dequal(before, now)),
  );

  const close = (): Observable<void> =>
    defer(() => {
      source.logout();
      return status$.pipe(
        filter(({ _tag }) => _tag === 'Closed'),
        take(1),
        map(nothing),
      );
    });

  return {
    id: link.clientId,
    status$,
    connection$: source.connection$,
    events$: log$,
    messages$: state.messages$,
    modifications$: log$.pipe(modifications()),
    outbox$: state.outbox$,
    unread$,
    totalUnread$: unread$.pipe(totalUnread()),
    conversations$: conversationList(source, {}).pipe(shareLatest()),
    conversationList: (options = {}) => conversationList(source, options).pipe(shareLatest()),
    createConversation: (options) =>
      learned(
        defer(() => startConversation(link, options)),
        handle,
      ),
    createRoom: (options = {}) =>
      learned(
        defer(() => startRoom(link, options)),
        rooms.room,
      ),
    createTemporaryConversation: (options) =>
      learned(
        defer(() => startTemporary(link, options)),
        handle,
      ),
    conversation: handle,
    room: rooms.room,
    // What is compact says less than what is known.
    findConversations: (query = {}) =>
      findConversations(link, query).pipe(concatMap((infos) => (query.compact === true ? [infos] : learn(infos)))),
    fetchConversation: (id) => learned(conversationById(link, id), handle),
    online: (ids) => onlineClients(link, ids),
    presence$: (ids) =>
      watched(ids).pipe(
        presenceByPolling({
          ask: (some) => onlineClients(link, some),
          every$: open$.pipe(switchMap((open) => (open ? concat(of(undefined), clock.after(PRESENCE_PERIOD).pipe(repeat())) : EMPTY))),
          batch: MAX_ONLINE_QUERY,
        }),
        shareLatest(),
        takeUntil(open$.pipe(ignoreElements(), endWith(true))),
      ),
    close,
    [Symbol.dispose]: () => {
      close().subscribe();
    },
  };
};
