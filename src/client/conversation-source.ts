/** The streams and commands of one conversation, made from those of its client. */
import {
  EMPTY,
  catchError,
  combineLatest,
  defer,
  distinctUntilChanged,
  ignoreElements,
  map,
  merge,
  switchMap,
  tap,
  type Observable,
  endWith,
  takeUntil,
} from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';
import {
  type ConversationEvent,
  membership,
  messageStatus,
  modifications,
  withActivity,
  withAttributes,
  withReceipt,
  type Receipts,
  shareLatest,
} from '../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../errors.js';
import type { Clock } from '../clock.js';
import type { Fault } from '../faults.js';
import type { HttpApi } from '../http-api.js';
import { isInterruption, type CatchUpOptions } from '../session/catch-up.js';
import type { InboxInput } from '../session/inbox.js';
import type { Outbox } from '../outbox/outbox.js';
import type { StoredSend } from '../outbox/outbox-storage.js';
import type { KeptEntry } from '../outbox/storage-keeper.js';
import type { MessageReader } from '../session/message-reader.js';
import { patiently } from '../session/patience.js';
import { changeOf, setMuted, updateConversation } from './attributes.js';
import { conversationTimeline } from './conversation-timeline.js';
import { conversationLog } from './conversation-log.js';
import { stateAt, type ClientState } from './client-state.js';
import type { Conversation, ConversationSource } from './conversation.js';
import { conversationById } from './create-conversation.js';
import { historyIterator, historyPage, historyPages, type HistoryOptions } from './history.js';
import type { SigningLink } from './link.js';
import { fetchReceipts, memberReceipts } from './member-receipts.js';
import { memberCommands } from './member-commands.js';
import { memberRoles } from './member-roles.js';
import type { SendProgress } from './outgoing.js';
import { editMessage, recallMessage } from './modify.js';
import { send, sendStored, track, type Sender } from './send.js';
import type { UploadFile } from './upload.js';
import { createWishes } from './wishes.js';

/** What the client has that a conversation needs. */
export interface SourceOptions {
  readonly link: SigningLink;
  readonly api: HttpApi;
  /** The token of the session, for the API. */
  readonly token: () => string | undefined;
  readonly reader: MessageReader;
  readonly state: ClientState;
  /** Whether the session is open; repeats nothing. */
  readonly open$: Observable<boolean>;
  readonly outbox: Outbox<KeptEntry> | undefined;
  readonly upload: UploadFile | undefined;
  /** How what is missing is fetched. */
  readonly catchUp: CatchUpOptions;
  readonly clock: Clock;
  /** The server's time, ms since 1970, as well as it is known. */
  readonly serverTime: () => number;
  /** A new token for each message. */
  readonly mint: () => string;
  /** Takes what belongs into the log. */
  readonly tell: (event: InboxInput) => void;
  /** Takes a read mark, ms since 1970. */
  readonly markRead: (conversationId: string, at: number) => void;
  readonly report: (fault: Fault) => void;
}

/** Chat rooms and system conversations have none. */
const hasReceipts = (kind: ConversationInfo['kind'] = 'ordinary'): boolean => kind !== 'room' && kind !== 'system';

/** The conversations of a client. */
export interface ConversationSources {
  readonly at: (id: string) => ConversationSource;
  /** Cold: sends what the outbox has kept from before. */
  readonly sendStored: (message: StoredSend) => Observable<SendProgress>;
}

export const conversationSources = (options: SourceOptions): ConversationSources => {
  const { link, reader, state, open$, tell, markRead, report } = options;
  const { conversations, lastMessages, unread, receipts } = state;
  const wishes = createWishes();
  const closed$ = open$.pipe(ignoreElements(), endWith(true));

  const failing =
    (conversationId: string) =>
    (error: RealtimeError): void => {
      // It is asked for again after the reconnect.
      if (isInterruption(error)) return;
      report({ _tag: 'CatchUp', clientId: link.clientId, conversationId, error });
    };

  /** The state of a conversation, asked for where nobody has yet, and again after a reconnect where that failed. */
  const stateOf = (id: string): Observable<ConversationInfo> =>
    merge(
      combineLatest([conversations.at(id), stateAt(lastMessages, id), wishes.at(id).pipe(takeUntil(closed$))]).pipe(
        map(([info, last, wished]) => wished.reduce(withAttributes, withActivity(info, last?.timestamp))),
        distinctUntilChanged(),
      ),
      open$.pipe(
        switchMap((open) =>
          open && conversations.get(id) === undefined
            ? conversationById(link, id).pipe(
                patiently(options.clock),
                tap((info) => {
                  tell({ _tag: 'Snapshot', conversationId: id, info });
                }),
                catchError((thrown: unknown) => {
                  failing(id)(toRealtimeError(thrown));
                  return EMPTY;
                }),
              )
            : EMPTY,
        ),
        ignoreElements(),
      ),
    );

  const told = <E extends ConversationEvent>(entries$: Observable<readonly E[]>): Observable<readonly E[]> =>
    entries$.pipe(
      tap((entries) => {
        entries.forEach(tell);
      }),
    );

  /** Asks how far the others have come, now and after each break: receipts are pushed to who is there. */
  const askingReceipts = (id: string): Observable<never> =>
    open$.pipe(
      switchMap((open) =>
        (open && hasReceipts(conversations.get(id)?.kind) ? told(fetchReceipts(link, id).pipe(patiently(options.clock))) : EMPTY).pipe(
          catchError((thrown: unknown) => {
            failing(id)(toRealtimeError(thrown));
            return EMPTY;
          }),
        ),
      ),
      ignoreElements(),
    );

  const senderIn = (id: string): Sender => ({
    link,
    bodies: reader.bodies,
    outbox: options.outbox,
    clock: options.clock,
    note: tell,
    upload: options.upload,
    kind: conversations.get(id)?.kind,
    sent: (message) => {
      tell({ _tag: 'Message', conversationId: id, message, origin: 'sent' });
    },
  });

  const at = (id: string): ConversationSource => {
    const followed = <T>(stream$: Observable<T>): Observable<T> =>
      defer(() => {
        tell({ _tag: 'Follow', conversationId: id });
        return stream$;
      });
    const events$ = followed(state.eventsOf(id));
    const modifier = { link, bodies: reader.bodies, tell };
    const load = (range: HistoryOptions) => historyPage(link, reader, id, range);
    const sending: Conversation['send'] = (body, sendOptions = {}) => {
      const outgoing = { conversationId: id, body, token: options.mint(), options: sendOptions };
      return defer(() => send(senderIn(id), outgoing));
    };
    const readUpTo = (upTo: { readonly timestamp: number } | number | undefined): number | undefined => {
      if (upTo !== undefined) return typeof upTo === 'number' ? upTo : upTo.timestamp;
      return unread.get(id)?.asOf ?? lastMessages.get(id)?.timestamp ?? conversations.get(id)?.lastMessageAt;
    };

    const state$ = stateOf(id);
    return {
      state$,
      log$: (range = {}) =>
        conversationLog(
          {
            conversationId: id,
            events$,
            open$,
            catchUp: options.catchUp,
            serverTime: options.serverTime,
            last: () => lastMessages.get(id),
          },
          range,
        ),
      timeline: (range = {}) => conversationTimeline({ events$, open$, load, onFailure: failing(id) }, range),
      muted$: state$.pipe(
        map(({ mutedMembers = [] }) => mutedMembers.includes(link.clientId)),
        distinctUntilChanged(),
      ),
      membership$: events$.pipe(membership()),
      roles$: memberRoles({ ...options, clientId: link.clientId, conversationId: id, events$, onFailure: failing(id) }),
      messages$: followed(state.messagesOf(id)),
      events$,
      modifications$: events$.pipe(modifications()),
      unread$: stateAt(unread, id),
      receipts$: merge(stateAt(receipts, id), askingReceipts(id)).pipe(shareLatest()),
      memberReceipts$: memberReceipts({ link, conversationId: id, open$, events$, onFailure: failing(id) }),
      send: sending,
      trackSend: (body, sendOptions = {}) => sending(body, { ...sendOptions, receipt: true }).pipe(track(events$)),
      messageStatus$: (message) => events$.pipe(messageStatus(message)),
      recall: (message) => recallMessage(modifier, message),
      edit: (message, body, mentions = {}) => editMessage(modifier, message, body, mentions),
      ...memberCommands(link, id, tell, () => conversations.get(id)?.members),
      update: (change, { optimistic = false } = {}) => {
        const updating$ = updateConversation(link, id, change).pipe(tap(tell), ignoreElements());
        return optimistic ? wishes.during(changeOf(link.clientId, id, change), updating$) : updating$;
      },
      mute: () => setMuted(link, id, true).pipe(tap(tell), ignoreElements()),
      unmute: () => setMuted(link, id, false).pipe(tap(tell), ignoreElements()),
      history: (range = {}) => load(range),
      historyPages: (range) => historyPages(load, range),
      historyIterator: (range = {}) => historyIterator(load, range),
      fetchReceipts: () =>
        told(fetchReceipts(link, id)).pipe(map((entries) => entries.reduce<Receipts>(withReceipt, receipts.get(id) ?? {}))),
      read: ({ upTo } = {}) =>
        defer(() => {
          const at = readUpTo(upTo);
          if (at !== undefined) markRead(id, at);
          return EMPTY;
        }),
    };
  };

  return {
    at,
    sendStored: (message) => sendStored(senderIn(message.conversationId), message),
  };
};
