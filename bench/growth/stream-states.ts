/** States and counts that are reduced from a log. */
import { NEVER, Subject, Subscription, concat, map, of } from 'rxjs';
import {
  keyedState,
  messageStatus,
  presenceByPolling,
  receiptsReducer,
  recentConversations,
  totalUnread,
  withMemberReceipt,
  withRole,
  type ClientEvent,
  type ConversationEvent,
  type Receipts,
  type Roles,
} from 'rx-realtime/streams';
import { HERE, SELF, at, idOf, message, receipt, sent } from './entries.js';
import { times, type Subject as Measured, type Work } from './subject.js';

import { ended, inEach, states, through, turns } from './pipelines.js';

const subjects: readonly Measured[] = [
  {
    name: 'unread$ of N conversations, a message in each, watched',
    covers: ['streams.keyedState', 'streams.unreadReducer'],
    prepare: (size: number): Work => {
      const { log, unread, subscriptions } = states(size);
      const watch = unread.all$.pipe(map((all) => all.get(idOf(0)))).subscribe();
      return { run: inEach(log, size), end: ended([...subscriptions, watch]) };
    },
  },
  {
    name: 'totalUnread of N conversations, a message in each',
    covers: ['streams.totalUnread'],
    prepare: (size: number): Work => {
      const { log, unread, subscriptions } = states(size);
      const watch = unread.all$.pipe(totalUnread()).subscribe();
      return { run: inEach(log, size), end: ended([...subscriptions, watch]) };
    },
  },
  {
    name: 'states of N conversations, each watched',
    covers: ['streams.lastMessagesReducer', 'streams.conversationsReducer'],
    prepare: (size: number): Work => {
      const { log, lastMessages, subscriptions } = states(size);
      const watches = times(size).map((number) => lastMessages.at(idOf(number)).subscribe());
      return { run: inEach(log, size), end: ended([...subscriptions, ...watches]) };
    },
  },
  {
    name: 'recentConversations, N conversations become active in one turn',
    covers: ['streams.recentConversations'],
    prepare: (size: number): Work => {
      const { log, subscriptions, ...rest } = states(size);
      const { turn, end } = turns();
      const watch = log.pipe(recentConversations({ self: SELF, ...rest, turn })).subscribe();
      const run = inEach(log, size);
      return {
        run: () => {
          run();
          end();
        },
        end: ended([...subscriptions, watch]),
      };
    },
  },
  {
    name: 'receipts of N messages',
    covers: ['streams.receiptsReducer', 'streams.withReceipt'],
    prepare: (size: number): Work => {
      const log = new Subject<ClientEvent>();
      const [{ all$ }, subscription] = keyedState(log, receiptsReducer);
      const watch = all$.subscribe();
      return {
        run: () => {
          for (const number of times(size)) log.next(receipt(number, 'read'));
        },
        end: ended([subscription, watch]),
      };
    },
  },
  {
    name: 'messageStatus of one message while N are sent and received',
    covers: ['streams.messageStatus'],
    prepare: (size) =>
      through<ClientEvent, unknown>(
        times(size).flatMap((number) => [sent(number), receipt(number, 'delivered')]),
        messageStatus(message(0)),
      ),
  },
  {
    name: 'presenceByPolling, a round of N clients',
    covers: ['streams.presenceByPolling'],
    prepare: (size: number): Work => {
      const ids = times(size).map((number) => `client-${String(number)}`);
      const every = new Subject<void>();
      let round = 0;
      const online$ = concat(of(ids), NEVER).pipe(
        presenceByPolling({
          ask: (some) => of(new Set(some.filter((_, index) => index % 2 === round))),
          every$: every,
        }),
      );
      const watch = new Subscription();
      return {
        run: () => {
          watch.add(online$.subscribe());
          round = 1;
          every.next();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'withMemberReceipt, a receipt of each of N members',
    covers: ['streams.withMemberReceipt'],
    // Members of an ordinary conversation.
    sizes: [50, 500],
    prepare: (size: number): Work => {
      const receipts = times(size).map(
        (number) => ({ kind: 'read', at: at(number), from: `client-${String(number)}` }) as const,
      );
      return {
        run: () => receipts.reduce(withMemberReceipt, new Map<string, Receipts>()),
      };
    },
  },
  {
    name: 'withRole, each of N members gets a role, then all leave at once',
    covers: ['streams.withRole'],
    // Members of an ordinary conversation.
    sizes: [50, 500],
    prepare: (size: number): Work => {
      const members = times(size).map((number) => `client-${String(number)}`);
      const entries: readonly ConversationEvent[] = [
        ...members.map((member) => ({ _tag: 'RoleChanged', conversationId: HERE, member, role: 'Manager' }) as const),
        { _tag: 'Left', conversationId: HERE, members },
      ];
      return { run: () => entries.reduce<Roles>(withRole, new Map()) };
    },
  },
];
export { subjects as stateSubjects };
