/** Makes the handle of a client from its parts. */
import { concat, defer, distinctUntilChanged, endWith, type Observable } from 'rxjs';
import { modifications, totalUnread, type ClientEvent, type Unread } from '../../streams/index.js';
import { shownIn } from './held-messages.js';
import type { ConnectionEvent } from '../connection/state.js';
import type { Client } from './client.js';
import { shownUnread } from './client-state.js';
import type { ClientStatus } from './client-status.js';
import { conversationById, startConversation } from './conversation/create-conversation.js';
import { learned } from './conversation/learn.js';
import { emptyAtEnd } from './empty-at-end.js';
import { carryClient, type ClientInternals } from './internals.js';

export interface ClientSource {
  readonly internals: ClientInternals;
  readonly status$: Observable<ClientStatus>;
  readonly connection$: Observable<ConnectionEvent>;
  /** Logs out. The client ends at once; the result completes when the server has answered, or can't. */
  readonly logout: () => Observable<never>;
}

export const createClient = ({ internals, status$, connection$, logout }: ClientSource): Client => {
  const { link, state, log$, conversation, restored$, open$ } = internals;
  const { held } = state;

  const unread$ = shownUnread(log$, state.unread).pipe(
    emptyAtEnd<ReadonlyMap<string, Unread>>(open$, new Map()),
    // The empty map at the end comes once.
    distinctUntilChanged((before, now) => before === now || before.size + now.size === 0),
  );

  const close = (): Observable<void> => defer(logout).pipe(endWith(undefined));

  return {
    ...carryClient(internals),
    id: link.clientId,
    status$,
    connection$,
    events$: held.carrying<ClientEvent>(log$, (event) => event),
    messages$: held.carrying(state.messages$, shownIn),
    modifications$: log$.pipe(modifications()),
    outbox$: concat(restored$, state.outgoing.outbox$).pipe(emptyAtEnd(open$)),
    unread$,
    totalUnread$: unread$.pipe(totalUnread()),
    createConversation: (options) =>
      learned(
        internals,
        defer(() => startConversation(internals, options)),
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
