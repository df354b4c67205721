/** Puts a client together: session, inbox, derived streams, commands. */
import {
  EMPTY,
  Observable,
  ReplaySubject,
  Subject,
  catchError,
  combineLatest,
  concat,
  defer,
  distinctUntilChanged,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  switchMap,
  tap,
  type Subscription,
} from 'rxjs';
import { bodyCodec, type ConversationInfo } from '../../codecs/index.js';
import {
  activityReducer,
  conversationsReducer,
  demultiplex,
  isConversationEvent,
  keyedState,
  messages,
  receiptsReducer,
  unreadReducer,
  withActivity,
  type ClientEvent,
  type ConversationEvent,
  type Message,
} from '../../streams/index.js';
import type { Connection } from '../connection/connection.js';
import type { ConnectionEvent } from '../connection/state.js';
import { SessionClosed, toRealtimeError } from '../errors.js';
import { acknowledgements, readMarks } from '../session/marks.js';
import { inbox, type InboxInput } from '../session/inbox.js';
import { createOutbox, type OutboxBounds } from '../session/outbox.js';
import { toEvent, type MessageReader } from '../session/push-events.js';
import { session, type SessionEvent, type SessionOptions } from '../session/session.js';
import { settleAfterLogin } from '../session/settle-after-login.js';
import type { Client, ClientStatus } from './client.js';
import { conversationHandle, type Conversation } from './conversation.js';
import { conversationById, startConversation } from './create-conversation.js';
import { createLink } from './link.js';
import { conversationsById, messagesAfter, newestMessages, onlineClients } from './queries.js';
import { send } from './send.js';

export interface ClientOptions extends Omit<SessionOptions, 'logout$'> {
  /** A new token for each message. */
  readonly mint: () => string;
  readonly outbox: OutboxBounds | undefined;
  readonly catchUpLimit: number;
}

const PAGE_SIZE = 100;
const CATCH_UP_CONCURRENCY = 4;

const toStatus = (event: SessionEvent): ClientStatus | undefined => {
  switch (event._tag) {
    case 'Opened':
      return { _tag: 'Open' };
    case 'Dropped':
      return { _tag: 'Reopening' };
    case 'Closed':
      return event;
    default:
      return undefined;
  }
};

/**
 * Cold: logs a client in, emits it once it is open, and keeps it open while subscribed to; logs out when unsubscribed.
 * Completes when the client is logged out; errors with `SessionClosed` when it is displaced or kicked, and with the reason where the first login is refused.
 */
export const openClient = (connection: Connection, options: ClientOptions): Observable<Client> =>
  new Observable<Client>((subscriber) => {
    const { clientId, clock, report } = options;
    const logout = new Subject<void>();
    // A late subscriber of a closed client still gets `Closed`: a BehaviorSubject would only complete.
    const status = new ReplaySubject<ClientStatus>(1);
    let current: ClientStatus = { _tag: 'Reopening' };
    const become = (next: ClientStatus): void => {
      current = next;
      status.next(next);
    };
    const connectionEvents = new Subject<ConnectionEvent>();
    const arrivals = new Subject<InboxInput>();
    const log = new Subject<ClientEvent>();

    const reader: MessageReader = { self: clientId, bodies: bodyCodec(), report };
    const link = createLink(connection, clientId, status);
    const open$ = status.pipe(
      map(({ _tag }) => _tag === 'Open'),
      distinctUntilChanged(),
    );

    const [conversations, keepingConversations] = keyedState(log, conversationsReducer);
    const [activity, keepingActivity] = keyedState(log, activityReducer);
    const isRoom = (id: string): boolean => conversations.get(id)?.kind === 'room';
    const [unread, keepingUnread] = keyedState(
      log,
      unreadReducer(clientId, (id) => !isRoom(id)),
    );
    const [receipts, keepingReceipts] = keyedState(log, receiptsReducer);
    const [eventsOf, splitting] = demultiplex(log, (event) => (isConversationEvent(event) ? event.conversationId : undefined));
    const messages$ = log.pipe(messages());
    // Split once more: with a thousand conversations, what each of them has of its own decides what a message costs.
    const [messagesOf, splittingMessages] = demultiplex(messages$, ({ conversationId }) => conversationId);

    const [outbox, sending] =
      options.outbox === undefined
        ? [undefined, undefined]
        : createOutbox({ bounds: options.outbox, ready$: readiness(log, status), clock });

    const learn = (info: ConversationInfo): void => {
      arrivals.next({ _tag: 'Snapshot', conversationId: info.id, info });
    };

    /** The state of a conversation, asked for where nobody has yet, and again after a reconnect where that failed. */
    const stateOf = (id: string): Observable<ConversationInfo> =>
      merge(
        combineLatest([conversations.at(id), startingWith(activity.get, activity.at)(id)]).pipe(
          map(([info, at]) => withActivity(info, at)),
        ),
        open$.pipe(
          switchMap((open) =>
            open && conversations.get(id) === undefined
              ? conversationById(link, id).pipe(
                  tap(learn),
                  catchError((thrown: unknown) => {
                    const error = toRealtimeError(thrown);
                    report({ _tag: 'CatchUp', clientId, conversationId: id, error });
                    return EMPTY;
                  }),
                )
              : EMPTY,
          ),
          ignoreElements(),
        ),
      );

    const read = (id: string): Observable<never> =>
      defer(() => {
        const at = unread.get(id)?.asOf ?? activity.get(id) ?? conversations.get(id)?.lastMessageAt;
        if (current._tag !== 'Closed' && at !== undefined) log.next({ _tag: 'ReadMark', conversationId: id, at });
        return EMPTY;
      });

    const handle = (id: string): Conversation =>
      conversationHandle(
        {
          states: stateOf,
          events: (key) => eventsOf(key) as Observable<ConversationEvent>,
          messages: messagesOf,
          unread: (key) => startingWith(unread.get, unread.at)(key),
          receipts: (key) => startingWith(receipts.get, receipts.at)(key),
          send: (key, body, sendOptions) =>
            send(
              {
                link,
                bodies: reader.bodies,
                outbox,
                sent: (message: Message) => {
                  arrivals.next({ _tag: 'Message', conversationId: key, message, origin: 'sent' });
                },
              },
              key,
              body,
              options.mint(),
              sendOptions,
            ),
          history: (key, limit) => newestMessages(link, reader, key, limit),
          read,
        },
        id,
      );

    const known = (info$: Observable<ConversationInfo>): Observable<Conversation> =>
      info$.pipe(
        tap(learn),
        map(({ id }) => handle(id)),
      );

    const client: Client = {
      id: clientId,
      status$: status.asObservable(),
      connection$: connectionEvents.asObservable(),
      events$: log.asObservable(),
      messages$,
      unread$: unread.all$.pipe(map((all) => new Map([...all].filter(([, { count }]) => count > 0)))),
      createConversation: (conversation) => known(defer(() => startConversation(link, conversation))),
      conversation: handle,
      fetchConversation: (id) => known(conversationById(link, id)),
      online: (ids) => onlineClients(link, ids),
      close: () =>
        defer(() => {
          logout.next();
          return status.pipe(
            filter(({ _tag }) => _tag === 'Closed'),
            ignoreElements(),
          );
        }),
    };

    const marks: Subscription = merge(
      log.pipe(acknowledgements(clientId, (id) => !isRoom(id), { open$, clock })),
      log.pipe(readMarks({ open$, clock })),
    ).subscribe((command) => {
      connection.send({ ...command, peerId: clientId });
    });

    const logging = arrivals
      .pipe(
        inbox({
          lookUp: (ids) => conversationsById(link, ids),
          pageAfter: (id, after) => messagesAfter(link, reader, id, after, PAGE_SIZE),
          pageSize: PAGE_SIZE,
          catchUpLimit: options.catchUpLimit,
          concurrency: CATCH_UP_CONCURRENCY,
          onFailure: (conversationId, error) => {
            report({ _tag: 'CatchUp', clientId, conversationId, error });
          },
        }),
      )
      .subscribe(log);

    /** The client is of no more use: every stream completes, every command fails from now on. */
    const end = (closed: Extract<SessionEvent, { _tag: 'Closed' }>): void => {
      if (current._tag === 'Closed') return;
      become(closed);
      for (const stream of [status, arrivals, connectionEvents, log]) stream.complete();
    };

    let announced = false;
    const hearing = connection.sessionEvents$.subscribe((event) => {
      if (announced && event._tag !== 'reconnect') connectionEvents.next(event);
    });

    const living = session(connection, { ...options, logout$: logout })
      .pipe(settleAfterLogin(clock))
      .subscribe({
        next: (event) => {
          const next = toStatus(event);
          if (event._tag === 'Closed') {
            end(event);
            if (event.code === 0) subscriber.complete();
            else subscriber.error(new SessionClosed(event.code, event.reason));
            return;
          }
          if (next !== undefined) become(next);
          if (event._tag === 'Opened' && !announced) {
            announced = true;
            subscriber.next(client);
          } else if (event._tag === 'Opened') connectionEvents.next({ _tag: 'reconnect' });
          const entry = event._tag === 'Push' ? toEvent(reader, event.command) : event;
          if (entry !== undefined) arrivals.next(entry);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
      });

    for (const part of [
      living,
      hearing,
      logging,
      marks,
      sending,
      keepingConversations,
      keepingActivity,
      keepingUnread,
      keepingReceipts,
      splitting,
      splittingMessages,
    ])
      subscriber.add(part);
    subscriber.add(() => {
      end({ _tag: 'Closed', code: 0, reason: 'logged out' });
    });
  });

/** The outbox may write: the session is open and what was missed is in the log. Errors when the client is closed. */
const readiness = (log$: Observable<ClientEvent>, status$: Observable<ClientStatus>): Observable<boolean> =>
  merge(
    log$.pipe(
      filter(({ _tag }) => _tag === 'CaughtUp'),
      map(() => true),
    ),
    status$.pipe(
      mergeMap((status) => {
        if (status._tag === 'Closed') throw new SessionClosed(status.code, status.reason);
        return status._tag === 'Open' ? EMPTY : of(false);
      }),
    ),
  );

/** A key that has no state yet starts with `undefined`. */
const startingWith =
  <V>(get: (key: string) => V | undefined, at: (key: string) => Observable<V>) =>
  (key: string): Observable<V | undefined> =>
    defer(() => (get(key) === undefined ? concat(of(undefined), at(key)) : at(key)));
