/** What clients send, receive and know. */
import { Subject, filter, firstValueFrom, from, merge, mergeMap } from 'rxjs';
import {
  conversationList,
  createOutbox,
  discard,
  memoryOutbox,
  resend,
  room,
  sendStatus,
  text,
  timeline,
} from 'rx-realtime';
import type {} from 'rx-realtime/codecs';
import { HERE, WRITER, at, idOf } from './entries.js';
import { times, type Subject as Measured } from './subject.js';
import { pushed, turn } from './wire.js';

import { all, inEach, withClient } from './with-client.js';

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
    covers: ['root.memoryOutbox', 'root.createOutbox', 'conversation.send'],
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
    name: 'client: of N failed messages, one half is sent again and the other discarded',
    covers: ['root.resend', 'root.discard'],
    // Of the failed messages, a client keeps the latest 1,000.
    sizes: [100, 1_000],
    isSlow: true,
    prepare: withClient(
      async ({ client, cut }, size, watched) => {
        const here = client.conversation(HERE);
        const failed: string[] = [];
        watched.add(
          client.events$.subscribe((event) => {
            if (event._tag === 'Outgoing' && event.progress._tag === 'failed') failed.push(event.token);
          }),
        );
        const caughtUp = firstValueFrom(client.events$.pipe(filter(({ _tag }) => _tag === 'CaughtUp')));
        cut();
        for (let index = 0; index < size; index += 1) here.send(text('hello')).subscribe({ error: () => undefined });
        await caughtUp;
        const tokens = [...failed];
        return () =>
          all<unknown>(tokens.map((token, index) => (index % 2 === 0 ? resend(here, token) : discard(here, token))));
      },
      undefined,
      { backoff: () => 1 },
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
