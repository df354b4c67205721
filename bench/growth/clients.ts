/** The streams and commands of a client, a conversation and a chat room. */
import {
  Subject,
  Subscription,
  filter,
  firstValueFrom,
  from,
  lastValueFrom,
  merge,
  mergeMap,
  take,
  toArray,
  type Observable,
} from 'rxjs';
import {
  conversationList,
  createOutbox,
  findConversations,
  historyIterator,
  historyPages,
  log,
  memberReceipts,
  memoryOutbox,
  presence,
  room,
  sendStatus,
  text,
  timeline,
  where,
} from 'rx-realtime';
import type { ServerCommand } from 'rx-realtime/codecs';
import { HERE, WRITER, at, idOf } from './entries.js';
import { times, type Subject as Measured, type Work } from './subject.js';
import { pushed, turn, wired, type Stored, type Wired } from './wire.js';

/** Work with a client of its own; what is watched is unsubscribed at the end. */
const withClient =
  (
    prepare: (wire: Wired, size: number, watched: Subscription) => (() => unknown) | Promise<() => unknown>,
    stored: (size: number) => Stored = () => ({}),
    options: Parameters<typeof wired>[1] = {},
  ) =>
  async (size: number): Promise<Work> => {
    const wire = await wired(stored(size), options);
    const watched = new Subscription();
    const run = await prepare(wire, size, watched);
    return {
      run,
      end: () => {
        watched.unsubscribe();
        wire.end();
      },
    };
  };

/** Subscribes to all commands at once, and waits for all. */
const all = <T>(commands: readonly Observable<T>[]): Promise<readonly T[]> =>
  lastValueFrom(
    from(commands).pipe(
      mergeMap((command$) => command$),
      toArray(),
    ),
  );

const inEach = (size: number) => times(size).map((number) => pushed(size + number, idOf(number)));

const subjects: readonly Measured[] = [
  {
    name: 'client: N sends at once through an outbox, outbox$, health$ and the timeline watched',
    covers: ['conversation.send', 'client.outbox$', 'realtime.health$', 'client.events$', 'root.timeline'],
    isSlow: true,
    prepare: withClient(
      ({ client, realtime }, size, watched) => {
        const here = client.conversation(HERE);
        watched.add(merge(client.outbox$, realtime.health$, client.events$, timeline(here)).subscribe());
        return () => all(times(size).map(() => here.send(text('hello'))));
      },
      undefined,
      { outbox: createOutbox({ maxMessages: 1e6, maxBytes: 1e9 }) },
    ),
  },
  {
    name: 'client: N messages wait in an outbox with a storage, then are sent',
    covers: ['root.memoryOutbox', 'conversation.send'],
    isSlow: true,
    prepare: withClient(
      async ({ client, cut }, size) => {
        const here = client.conversation(HERE);
        await firstValueFrom(here.send(text('hello')));
        return () => {
          cut();
          return all(times(size).map(() => here.send(text('hello'))));
        };
      },
      undefined,
      { outbox: createOutbox({ maxMessages: 1e6, maxBytes: 1e9, storage: memoryOutbox() }), backoff: () => 1 },
    ),
  },
  {
    name: 'client: N messages are tracked, each is delivered, the last is read',
    covers: ['conversation.trackSend', 'conversation.messageStatus', 'root.sendStatus'],
    isSlow: true,
    prepare: withClient(({ client, push }, size, watched) => {
      const here = client.conversation(HERE);
      return async () => {
        const ids: string[] = [];
        const ended = new Subject<void>();
        let left = size;
        watched.add(
          from(times(size))
            .pipe(mergeMap(() => here.trackSend(text('hello')).pipe(sendStatus())))
            .subscribe((status) => {
              if (status._tag === 'sent') ids.push(status.message.id);
              if (status._tag !== 'read') return;
              left -= 1;
              if (left === 0) ended.next();
            }),
        );
        while (ids.length < size) await turn();
        const over = firstValueFrom(ended);
        await push(
          ids.map((id, index) => ({
            cmd: 'rcp',
            rcpMessage: { cid: HERE, id, t: at(3_000_000 + index), from: WRITER },
          })),
        );
        await push([
          { cmd: 'rcp', rcpMessage: { cid: HERE, id: ids.at(-1) ?? '', t: at(4_000_000), read: true, from: WRITER } },
        ]);
        await push([{ cmd: 'rcp', rcpMessage: { cid: HERE, t: at(4_000_001), read: true, from: WRITER } }]);
        await over;
      };
    }),
  },
  {
    name: 'client: N conversations, a message in each, each watched',
    covers: [
      'client.messages$',
      'client.modifications$',
      'client.unread$',
      'client.totalUnread$',
      'client.conversation',
      'conversation.messages$',
      'conversation.unread$',
      'conversation.events$',
      'conversation.modifications$',
      'conversation.membership$',
      'conversation.state$',
      'root.conversationList',
    ],
    isSlow: true,
    prepare: withClient(
      async ({ client, push }, size, watched) => {
        watched.add(
          merge(
            client.messages$,
            client.modifications$,
            client.unread$,
            client.totalUnread$,
            conversationList(client),
          ).subscribe(),
        );
        for (const number of times(size)) {
          const { messages$, unread$, modifications$, membership$ } = client.conversation(idOf(number));
          watched.add(merge(messages$, unread$, modifications$, membership$).subscribe());
        }
        await push(times(size).map((number) => pushed(number, idOf(number))));
        await turn();
        return () => push(inEach(size));
      },
      (size) => ({ conversations: times(size).map(idOf) }),
    ),
  },
  {
    name: 'client: N unknown conversations, a message in each',
    covers: ['conversation.state$', 'client.messages$'],
    isSlow: true,
    prepare: withClient(({ client, push }, size, watched) => {
      let seen = 0;
      watched.add(client.messages$.subscribe(() => (seen += 1)));
      return async () => {
        await push(inEach(size));
        while (seen < size) await turn();
      };
    }),
  },
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
    name: 'client: N commands at once',
    covers: ['conversation.count', 'conversation.fetchReceipts'],
    isSlow: true,
    prepare: withClient(
      ({ client }, size) =>
        () =>
          all(times(size).map(() => client.conversation(HERE).count())),
    ),
  },
  {
    name: 'client: N optimistic updates at once, state$ watched',
    covers: ['conversation.update', 'conversation.state$'],
    isSlow: true,
    prepare: withClient(
      async ({ client }, size, watched) => {
        const handles = times(size).map((number) => client.conversation(idOf(number)));
        for (const { state$ } of handles) watched.add(state$.subscribe());
        await turn();
        await turn();
        return () =>
          all(handles.map((handle, number) => handle.update({ attributes: { number } }, { optimistic: true })));
      },
      (size) => ({ conversations: times(size).map(idOf) }),
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
  {
    name: 'client: N messages in a chat room',
    covers: ['root.room', 'room.messages$', 'room.events$', 'room.modifications$', 'room.membership$'],
    isSlow: true,
    prepare: withClient(async ({ client, push }, size, watched) => {
      const { messages$, events$, modifications$, membership$ } = room(client, HERE);
      watched.add(merge(messages$, events$, modifications$, membership$).subscribe());
      await turn();
      await turn();
      const commands = times(size).map((number) => pushed(number, HERE));
      return () => push(commands);
    }),
  },
  {
    name: 'client: N conversations are known when a session is resumed',
    covers: ['client.status$', 'client.connection$'],
    isSlow: true,
    prepare: withClient(
      async ({ client, push, cut }, size, watched) => {
        watched.add(client.messages$.subscribe());
        await push(inEach(size));
        for (let index = 0; index < size / 50; index += 1) await turn();
        return async () => {
          const caughtUp = firstValueFrom(client.events$.pipe(filter(({ _tag }) => _tag === 'CaughtUp')));
          cut();
          await caughtUp;
        };
      },
      (size) => ({ conversations: times(size).map(idOf) }),
      { backoff: () => 1 },
    ),
  },
];
export { subjects as clientSubjects };
