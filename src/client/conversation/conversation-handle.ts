/** The handle of one conversation, made from the parts of its client. */
import { dequal } from 'dequal';
import {
  Observable,
  defer,
  distinctUntilChanged,
  endWith,
  filter,
  ignoreElements,
  map,
  merge,
  of,
  takeUntil,
  tap,
} from 'rxjs';
import type { ConversationInfo } from '../../../codecs/index.js';
import {
  membership,
  modifications,
  shareLatest,
  withActivity,
  withAttributes,
  withReceipt,
  type ConversationEvent,
  type DeliveryStatus,
  type Position,
  type Receipts,
  type Unread,
} from '../../../streams/index.js';
import { messageStatuses } from '../../../streams/message-status.js';
import { patiently } from '../../session/patience.js';
import { askWhileOpen } from '../ask-while-open.js';
import { emptyAtEnd } from '../empty-at-end.js';
import { stateAt } from '../client-state.js';
import { historyPage } from '../history/history.js';
import { carryingEvents, shownIn } from '../held-messages.js';
import { carryConversation, failing, perClient, type ClientInternals } from '../internals.js';
import { memberCommands } from '../members/member-commands.js';
import { fetchReceipts } from '../members/receipts.js';
import { nothing } from '../nothing.js';
import { editMessage, recallMessage } from '../sending/modify.js';
import { sendIn, storedMessage, track } from '../sending/send.js';
import { changeOf, setMuted, updateConversation } from './attributes.js';
import type { Conversation } from './conversation.js';
import { conversationById } from './create-conversation.js';

/** Chat rooms and system conversations have none. */
const hasReceipts = (kind: ConversationInfo['kind'] = 'ordinary'): boolean => kind !== 'room' && kind !== 'system';

const NO_RECEIPTS: Receipts = {};
const NONE_UNREAD: Unread = { count: 0, mentioned: false };

/**
 * The state of a conversation, with the changes that are under way. Asked for where nobody has yet, and again after a
 * reconnect where that failed.
 */
const stateOf = (client: ClientInternals, id: string): Observable<ConversationInfo> => {
  const { open$, state, tell, link, clock, wishes } = client;
  const { conversations, lastMessages } = state;
  const closed$ = open$.pipe(ignoreElements(), endWith(true));
  /** The current state. Nothing counts before all parts have told what they know. */
  const current$ = defer(() => {
    let isReady = false;
    let wished: readonly Extract<ConversationEvent, { readonly _tag: 'Attributes' }>[] = [];
    return merge(
      conversations.at(id),
      lastMessages.at(id),
      wishes.at(id).pipe(
        tap((wishes) => {
          wished = wishes;
        }),
        takeUntil(closed$),
      ),
      defer(() => {
        isReady = true;
        return of(undefined);
      }),
    ).pipe(
      map(() => (isReady ? conversations.get(id) : undefined)),
      filter((info) => info !== undefined),
      map((info) => wished.reduce(withAttributes, withActivity(info, lastMessages.get(id)?.timestamp))),
      distinctUntilChanged(),
    );
  });
  return merge(
    current$,
    open$.pipe(
      map((open) => open && conversations.get(id) === undefined),
      askWhileOpen(
        () =>
          conversationById(link, id).pipe(
            patiently(clock),
            tap((info) => {
              tell({ _tag: 'Snapshot', conversationId: id, info });
            }),
          ),
        failing(client, id),
      ),
      ignoreElements(),
    ),
  );
};

/** Up to when the others have received and read: asked for, and moved by the receipts of the log. */
const receiptsOf = (client: ClientInternals, id: string, fetched$: Observable<unknown>): Observable<Receipts> => {
  const { open$, state, clock } = client;
  const asking$ = open$.pipe(
    map((open) => open && hasReceipts(state.conversations.get(id)?.kind)),
    askWhileOpen(() => fetched$.pipe(patiently(clock)), failing(client, id)),
    ignoreElements(),
  );
  return merge(stateAt(state.receipts, id), asking$).pipe(
    map((receipts) => receipts ?? NO_RECEIPTS),
    emptyAtEnd(open$, NO_RECEIPTS),
    distinctUntilChanged(),
    shareLatest(),
  );
};

/**
 * The same stream, made for its first subscriber. A handle has many streams, few of them are used, and applications
 * have thousands of handles.
 */
const lazily = <T>(make: () => Observable<T>): Observable<T> => {
  let made$: Observable<T> | undefined;
  return new Observable((subscriber) => (made$ ??= make()).subscribe(subscriber));
};

/** The messages whose receipts are followed, by conversation: all handles of a conversation share one subscription. */
const followedIn = perClient(() => new Map<string, ReturnType<typeof messageStatuses>>());

/** Sends nothing. */
export const conversationHandle = (client: ClientInternals, id: string): Conversation => {
  const { link, reader, state, tell, wishes } = client;
  const { conversations, lastMessages, unread, receipts } = state;

  const followed = <T>(stream$: Observable<T>): Observable<T> =>
    defer(() => {
      tell({ _tag: 'Follow', conversationId: id });
      return stream$;
    });
  const events$ = lazily(() => followed(state.eventsOf(id)));
  const modifier = { link, bodies: reader.bodies, tell, changes: client.changes };
  const telling = (command$: Observable<ConversationEvent>): Observable<void> => command$.pipe(tap(tell), map(nothing));

  const readUpTo = (upTo: Position | number | undefined): number | undefined => {
    if (upTo !== undefined) return typeof upTo === 'number' ? upTo : upTo.timestamp;
    return unread.get(id)?.asOf ?? lastMessages.get(id)?.timestamp ?? conversations.get(id)?.lastMessageAt;
  };
  const fetched$ = lazily(() =>
    defer(() => fetchReceipts(link, id)).pipe(
      tap((entries) => {
        entries.forEach(tell);
      }),
    ),
  );
  const statusOf = (message: Position): Observable<DeliveryStatus> =>
    defer(() => {
      const all = followedIn(client);
      const follow = all.get(id) ?? messageStatuses(events$, () => all.delete(id));
      all.set(id, follow);
      return follow(message);
    });
  const state$ = lazily(() => stateOf(client, id).pipe(emptyAtEnd(client.open$)));

  return {
    ...carryConversation({ client, id, events$ }),
    id,
    state$,
    members$: lazily(() =>
      state$.pipe(
        map(({ members }) => members),
        emptyAtEnd<ConversationInfo['members']>(client.open$, undefined),
        distinctUntilChanged(),
        map((members) => new Set(members)),
        // After a break the snapshot is a new one, also with the same members.
        distinctUntilChanged((before, now) => dequal(before, now)),
      ),
    ),
    muted$: lazily(() =>
      state$.pipe(
        map(({ mutedMembers = [] }) => mutedMembers.includes(link.clientId)),
        emptyAtEnd(client.open$, false),
        distinctUntilChanged(),
      ),
    ),
    events$: lazily(() => carryingEvents(client, { id, events$ })),
    messages$: lazily(() => followed(state.held.carrying(state.messagesOf(id), shownIn, id))),
    membership$: lazily(() => events$.pipe(membership())),
    modifications$: lazily(() => events$.pipe(modifications())),
    unread$: lazily(() =>
      stateAt(unread, id).pipe(
        map((known): Unread =>
          known === undefined ? NONE_UNREAD : { count: known.count, mentioned: known.mentioned },
        ),
        emptyAtEnd(client.open$, NONE_UNREAD),
        distinctUntilChanged((before, now) => dequal(before, now)),
      ),
    ),
    receipts$: lazily(() => receiptsOf(client, id, fetched$)),
    send: (body, options = {}) => sendIn(client, id, body, options).pipe(storedMessage),
    trackSend: (body, options = {}) => sendIn(client, id, body, { ...options, receipt: true }).pipe(track(statusOf)),
    messageStatus: statusOf,
    recall: (message) => recallMessage(modifier, message),
    edit: (message, body, mentions = {}) => editMessage(modifier, message, body, mentions),
    ...memberCommands(client, id),
    update: (change, { optimistic = false } = {}) => {
      const updating$ = telling(updateConversation(link, id, change));
      return optimistic ? wishes.during(changeOf(link.clientId, id, change), updating$) : updating$;
    },
    mute: () => telling(setMuted(link, id, true)),
    unmute: () => telling(setMuted(link, id, false)),
    history: (range = {}) => historyPage(link, reader, id, range),
    fetchReceipts: () => fetched$.pipe(map((entries) => entries.reduce<Receipts>(withReceipt, receipts.get(id) ?? {}))),
    read: ({ upTo } = {}) =>
      defer(() => {
        const at = readUpTo(upTo);
        if (at !== undefined) tell({ _tag: 'ReadMark', conversationId: id, at });
        return of(undefined);
      }),
  };
};
