/** Makes the handle of a client from its parts. */
import { dequal } from 'dequal';
import { concat, defer, distinctUntilChanged, filter, map, take, type Observable } from 'rxjs';
import { modifications, totalUnread, type ClientEvent } from '../../streams/index.js';
import { shownIn } from './held-messages.js';
import type { ConnectionEvent } from '../connection/state.js';
import type { Client } from './client.js';
import type { ClientStatus } from './client-status.js';
import { conversationById, startConversation } from './conversation/create-conversation.js';
import { learned } from './conversation/learn.js';
import { carryClient, type ClientInternals } from './internals.js';
import { nothing } from './nothing.js';

export interface ClientSource {
  readonly internals: ClientInternals;
  readonly status$: Observable<ClientStatus>;
  readonly connection$: Observable<ConnectionEvent>;
  /** Logs out. */
  readonly logout: () => void;
}

export const createClient = ({ internals, status$, connection$, logout }: ClientSource): Client => {
  const { link, state, log$, conversation, restored$ } = internals;
  const { held } = internals.state;

  const unread$ = state.unread.all$.pipe(
    map(
      (all) =>
        new Map(
          [...all].flatMap(([id, { count, mentioned }]) => (count > 0 ? [[id, { count, mentioned }] as const] : [])),
        ),
    ),
    distinctUntilChanged((before, now) => dequal(before, now)),
  );

  const close = (): Observable<void> =>
    defer(() => {
      logout();
      return status$.pipe(
        filter(({ _tag }) => _tag === 'Closed'),
        take(1),
        map(nothing),
      );
    });

  return {
    ...carryClient(internals),
    id: link.clientId,
    status$,
    connection$,
    events$: held.carrying<ClientEvent>(log$, (event) => event),
    messages$: held.carrying(state.messages$, shownIn),
    modifications$: log$.pipe(modifications()),
    outbox$: concat(restored$, state.outgoing.outbox$),
    unread$,
    totalUnread$: unread$.pipe(totalUnread()),
    createConversation: (options) =>
      learned(
        internals,
        defer(() => startConversation(link, options)),
        conversation,
      ),
    conversation,
    fetchConversation: (id) => learned(internals, conversationById(link, id), conversation),
    close,
    [Symbol.dispose]: () => {
      close().subscribe();
    },
  };
};
