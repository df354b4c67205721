/** What an application shows: lists, timelines, members. */
import { Subject, filter, firstValueFrom, from, lastValueFrom, merge, take } from 'rxjs';
import {
  conversationList,
  findConversations,
  historyIterator,
  historyPages,
  log,
  memberReceipts,
  presence,
  timeline,
  where,
} from 'rx-realtime';
import type { ServerCommand } from 'rx-realtime/codecs';
import { HERE, WRITER, at, idOf } from './entries.js';
import { times, type Subject as Measured } from './subject.js';
import { pushed, turn } from './wire.js';

import { withClient } from './with-client.js';

const subjects: readonly Measured[] = [
  {
    name: 'client: a list of N conversations, page by page',
    covers: ['root.conversationList'],
    isSlow: true,
    prepare: withClient(
      ({ client }, size) =>
        async () => {
          const more = new Subject<void>();
          const whole = firstValueFrom(
            conversationList(client, { pageSize: 20, more$: more }).pipe(
              filter((items) => {
                if (items.length > 0 && items.length < size)
                  setImmediate(() => {
                    more.next();
                  });
                return items.length === size;
              }),
            ),
          );
          await whole;
        },
      (size) => ({ conversations: times(size).map(idOf) }),
    ),
  },
  {
    name: 'client: a timeline of N older messages, page by page',
    covers: ['root.timeline', 'conversation.history'],
    isSlow: true,
    prepare: withClient(
      ({ client }, size) =>
        async () => {
          const older = new Subject<void>();
          await firstValueFrom(
            timeline(client.conversation(HERE), { pageSize: 100, older$: older, window: 1e6 }).pipe(
              filter(({ entries, hasOlder }) => {
                if (hasOlder)
                  setImmediate(() => {
                    older.next();
                  });
                return entries.length >= size;
              }),
            ),
          );
        },
      (size) => ({ history: size }),
    ),
  },
  {
    name: 'client: N live messages in a timeline with a full window',
    covers: ['root.timeline'],
    isSlow: true,
    prepare: withClient(async ({ client, push }, size, watched) => {
      watched.add(timeline(client.conversation(HERE)).subscribe());
      await push(times(1_000).map((number) => pushed(number, HERE)));
      const commands = times(size).map((number) => pushed(1_000 + number, HERE));
      return () => push(commands);
    }),
  },
  {
    name: 'client: the history of N messages, page by page',
    covers: ['root.historyIterator', 'root.historyPages', 'conversation.history'],
    isSlow: true,
    prepare: withClient(
      ({ client }) =>
        async () => {
          const here = client.conversation(HERE);
          let seen = 0;
          for await (const page of historyIterator(here, { pageSize: 100 })) seen += page.length;
          const more = new Subject<void>();
          await lastValueFrom(
            historyPages(here, { pageSize: 100, more$: merge(from([0]), more) }).pipe(
              filter(() => {
                setImmediate(() => {
                  more.next();
                });
                return true;
              }),
            ),
          );
          return seen;
        },
      (size) => ({ history: size }),
    ),
  },
  {
    name: 'client: a log that continues before N messages',
    covers: ['root.log'],
    isSlow: true,
    prepare: withClient(
      ({ client }, size) =>
        () =>
          lastValueFrom(log(client.conversation(HERE), { since: { timestamp: at(1), id: '' } }).pipe(take(size - 1))),
      (size) => ({ history: size }),
      { catchUpLimit: 1e6 },
    ),
  },
  {
    name: 'client: presence of N clients',
    covers: ['root.presence', 'root.online'],
    isSlow: true,
    prepare: withClient(
      ({ client }, size) =>
        () =>
          firstValueFrom(
            presence(
              client,
              times(size).map((number) => `client-${String(number)}`),
            ).pipe(filter((known) => known.size === size)),
          ),
    ),
  },
  {
    name: 'client: the receipts of N members',
    covers: ['root.memberReceipts'],
    sizes: [50, 500],
    prepare: withClient(
      ({ client }, size) =>
        () =>
          firstValueFrom(memberReceipts(client.conversation(HERE)).pipe(filter((known) => known.size === size))),
      (size) => ({ members: times(size).map((number) => `client-${String(number)}`) }),
    ),
  },
  {
    name: 'client: N members join one by one, state$ and members$ watched',
    covers: ['conversation.members$', 'conversation.state$', 'conversation.add', 'conversation.muted$'],
    // Members of an ordinary conversation.
    sizes: [50, 500],
    isSlow: true,
    prepare: withClient(
      async ({ client, push }, size, watched) => {
        const { state$, members$, muted$ } = client.conversation(HERE);
        watched.add(merge(state$, members$, muted$).subscribe());
        await turn();
        await turn();
        const commands = times(size).map((number): ServerCommand => ({
          cmd: 'conv',
          op: 'members_joined',
          convMessage: { cid: HERE, m: [`client-${String(number)}`], initBy: WRITER },
        }));
        return () => push(commands);
      },
      () => ({ conversations: [HERE] }),
    ),
  },
  {
    name: 'client: a query that finds N conversations',
    covers: ['root.findConversations', 'client.fetchConversation', 'root.where'],
    sizes: [100, 1_000],
    prepare: withClient(
      ({ client }, size) =>
        () =>
          firstValueFrom(findConversations(client, { where: where.exists('here'), limit: size })),
      (size) => ({ conversations: times(size).map(idOf) }),
    ),
  },
];
export { subjects as viewSubjects };
