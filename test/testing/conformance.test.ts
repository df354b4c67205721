/** The fake server against the real one: the same script on both, and the results that clients see. */
import {
  catchError,
  combineLatest,
  concat,
  defer,
  filter,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  of,
  take,
  tap,
  timeout,
  toArray,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  TextType,
  binary,
  createRealtime,
  plain,
  text,
  where,
  type Client,
  type ClientEvent,
  type Conversation,
  type Message,
  type Realtime,
  type Room,
  online,
  conversationList,
  room,
  createRoom,
  createTemporaryConversation,
  findConversations,
  memberReceipts,
} from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { runMarbles } from 'rx-realtime/testing';

const IDS = new Set(['lastId', 'id', 'conversationId', 'messageId', 'token']);
const TIMES = new Set([
  'timestamp',
  'at',
  'asOf',
  'to',
  'editedAt',
  'createdAt',
  'updatedAt',
  'lastMessageAt',
  'patchTimestamp',
  'deliveredAt',
  'readAt',
]);

/** Replaces ids by the order of their appearance, and removes times. */
const normalised = (value: unknown): unknown => {
  const seen = new Map<string, string>();
  const idOf = (id: string): string => {
    const known = seen.get(id) ?? `id ${seen.size}`;
    seen.set(id, known);
    return known;
  };
  const walk = (item: unknown, key = ''): unknown => {
    if (typeof item === 'string') return (IDS.has(key) && item !== '') || seen.has(item) ? idOf(item) : item;
    if (typeof item === 'number') return TIMES.has(key) ? 'time' : item;
    if (item instanceof Map) return [...item].map((entry) => walk(entry));
    if (item instanceof Set) return [...item].map((entry) => walk(entry));
    if (item instanceof Date) return item.toISOString();
    if (item instanceof Uint8Array) return [...item];
    if (Array.isArray(item)) return item.map((entry) => walk(entry));
    if (typeof item === 'object' && item !== null)
      return Object.fromEntries(
        Object.entries(item)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inner]) => [name, walk(inner, name)]),
      );
    return typeof item === 'function' ? undefined : item;
  };
  return walk(value);
};

interface Played {
  readonly results: readonly unknown[];
  readonly tom: readonly unknown[];
  readonly jerry: readonly unknown[];
}

const refusalOf = (error: unknown): unknown =>
  error instanceof Error && '_tag' in error
    ? [error._tag, 'code' in error && error.code, 'reason' in error && error.reason]
    : error;

/** One part of the script. Its result is the last value, or the code of the refusal. */
const result = (name: string, part: () => ObservableInput<unknown>): Observable<unknown> =>
  defer(part).pipe(
    toArray(),
    map((values) => [name, values.at(-1)]),
    catchError((error: unknown) => of([name, refusalOf(error)])),
  );

const stored = (
  conversation: Pick<Conversation, 'send'>,
  ...args: Parameters<Conversation['send']>
): Observable<Message> => conversation.send(...args);

/** An event with empty counts. Its arrival depends on timing, so it is not compared. */
const isEmpty = (event: ClientEvent): boolean => event._tag === 'UnreadCounts' && event.counts.length === 0;

/** The script for two clients, each with its own realtime. */
const play = (realtimeOf: () => Realtime): Observable<Played> => {
  const [first, second] = [realtimeOf(), realtimeOf()];
  return combineLatest([first.session('Tom'), second.session('Jerry')]).pipe(
    mergeMap(([tom, jerry]) => {
      const logs = { tom: [] as unknown[], jerry: [] as unknown[] };
      const kept = ({ events$ }: Client, log: unknown[]): Observable<never> =>
        events$.pipe(
          filter((event) => !isEmpty(event)),
          tap((event) => log.push(event)),
          ignoreElements(),
        );
      const results$ = acts(tom, jerry, second).pipe(
        toArray(),
        map((results): Played => ({ results, ...logs })),
      );
      return merge(kept(tom, logs.tom), kept(jerry, logs.jerry), results$);
    }),
    take(1),
  );
};

const acts = (tom: Client, jerry: Client, away: Realtime): Observable<unknown> => {
  let here: Conversation;
  let there: Conversation;
  let hall: Room;
  let first: Message;
  /** Waits until the other side has received it: everything that was pushed before has arrived, too. */
  const heard = (from: Conversation, by: Client): Observable<unknown> =>
    merge(
      by.messages$.pipe(
        filter(({ body }) => body._tag === 'Plain' && body.content === 'over'),
        take(1),
      ),
      stored(from, plain('over')).pipe(ignoreElements()),
    );
  return concat(
    result('create', () =>
      tom.createConversation({ members: ['Jerry'], name: 'A', attributes: { x: 1, when: new Date(5) } }).pipe(
        tap((made) => {
          here = made;
          there = jerry.conversation(made.id);
        }),
        map(() => 'created'),
      ),
    ),
    result('state', () => here.state$.pipe(take(1))),
    result('the other has heard', () => heard(here, jerry)),
    result('state of the other', () => there.state$.pipe(take(1))),
    result('send', () => stored(here, text('one')).pipe(tap((message) => (first = message)))),
    result('send, naming', () => stored(here, text('two'), { mentions: ['Jerry'] })),
    result('send bytes', () => stored(here, binary(new Uint8Array([1, 2])), { mentionsAll: true })),
    result('transient', () => stored(here, text('gone'), { transient: true })),
    result('answer', () =>
      // The answer comes before the message has reached others.
      merge(tom.messages$.pipe(take(1), ignoreElements()), stored(there, text('three'))),
    ),
    result('heard', () => heard(here, jerry)),
    result('edit', () => here.edit(first, text('uno'))),
    result('heard', () => heard(here, jerry)),
    result('history', () => there.history()),
    result('history, the newest', () => there.history({ limit: 2 })),
    result('history before', () => there.history({ before: first, beforeIncluded: true })),
    result('history after', () => there.history({ after: first, limit: 2 })),
    result('history between', () =>
      there.history({ after: first, before: Date.now() + 1e12, limit: 1, direction: 'backward' }),
    ),
    result('history of texts', () => there.history({ type: TextType })),
    result('unread', () => jerry.unread$.pipe(take(1))),
    result('track', () =>
      here.trackSend(text('read me')).pipe(
        mergeMap((progress) => (progress._tag === 'delivered' ? there.read().pipe(map(() => progress)) : of(progress))),
        map(({ _tag }) => _tag),
        toArray(),
      ),
    ),
    result('unread', () => jerry.unread$.pipe(take(1))),
    result('receipts', () => here.fetchReceipts()),
    result('member receipts', () =>
      memberReceipts(here).pipe(
        filter(({ size }) => size > 0),
        take(1),
      ),
    ),
    result('recall', () => here.recall(first)),
    result('recall again', () => here.recall(first)),
    result('heard', () => heard(here, jerry)),
    result('history', () => there.history()),
    result('recall what nobody has read', () =>
      stored(here, text('no')).pipe(mergeMap((message) => here.recall(message))),
    ),
    result('say and edit in an instant', () =>
      stored(here, plain('a')).pipe(mergeMap((message) => here.edit(message, plain('b'), { mentions: ['Jerry'] }))),
    ),
    result('heard', () => heard(here, jerry)),
    result('unread', () => jerry.unread$.pipe(take(1))),
    result('read some', () => there.read({ upTo: first })),
    result('add', () => here.add(['Spike', 'Jerry'])),
    result('remove', () => here.remove(['Spike', 'Nibbles'])),
    result('count', () => here.count()),
    result('quit', () => there.quit()),
    result('say, as none of them', () => stored(there, text('no'))),
    result('history, as none of them', () => there.history()),
    result('remove, as none of them', () => there.remove(['Tom'])),
    result('add, as none of them', () => there.add(['Spike'])),
    result('update, as none of them', () => there.update({ name: 'mine' })),
    result('join', () => there.join()),
    result('update', () => here.update({ name: 'B', attributes: { 'a.b': 2, x: null }, unset: ['when'] })),
    result('heard', () => heard(here, jerry)),
    result('state', () => here.state$.pipe(take(1))),
    result('state of the other', () => there.state$.pipe(take(1))),
    result('mute', () => here.mute()),
    result('fetch', () =>
      tom.fetchConversation(here.id).pipe(
        mergeMap(({ state$ }) => state$),
        take(1),
      ),
    ),
    result('unmute', () => here.unmute()),
    result('find by attribute', () => findConversations(tom, { where: where.equal('name', 'B'), compact: true })),
    result('find by member', () =>
      findConversations(tom, { where: where.withMembers(['Jerry', 'Tom']), lastMessages: true }),
    ),
    result('find none', () =>
      findConversations(tom, {
        where: where.and(where.isAbsent('name'), where.notEqual('creator', 'Tom'), where.oneOf('id', [here.id])),
      }),
    ),
    result('find by a text', () =>
      findConversations(tom, { where: where.contains('name', 'B'), sort: '-createdAt,name' }),
    ),
    result('find by a text with a meaning in expressions', () =>
      findConversations(tom, { where: where.contains('name', '.*') }),
    ),
    result('find by an expression', () => findConversations(tom, { where: where.matches('name', /^b$/i) })),
    result('find by what RE2 has not', () => findConversations(tom, { where: where.matches('name', /(?=B)B/) })),
    result('find by a number', () => findConversations(tom, { where: where.greaterThan('a.b', 1) })),
    result('find by dates', () => findConversations(tom, { where: where.lessThan('createdAt', new Date(5)) })),
    result('find what one is no member of', () =>
      away.session('Spike').pipe(
        mergeMap((spike) => findConversations(spike, { where: where.equal('name', 'B') })),
        take(1),
      ),
    ),
    result('fetch what one is no member of', () =>
      away.session('Spike').pipe(
        mergeMap((spike) => spike.fetchConversation(here.id)),
        mergeMap(({ state$ }) => state$),
        take(1),
      ),
    ),
    result('count what one is no member of', () =>
      away.session('Spike').pipe(
        mergeMap((spike) => spike.conversation(here.id).count()),
        take(1),
      ),
    ),
    result('remove the owner', () => there.remove(['Tom'])),
    result('add an id that is too long', () => here.add(['x'.repeat(65)])),
    result('update with a key of the protocol', () => here.update({ attributes: { tr: true } })),
    result('update inside of the name', () => here.update({ attributes: { 'name.first': 'B' } })),
    result('create with dots', () => tom.createConversation({ members: [], attributes: { 'a.b': 1 } })),
    result('temporary, for too long', () => createTemporaryConversation(tom, { members: [], ttl: 10_000_000 })),
    result('edit what another has said', () => there.edit(first, text('mine'))),
    result('unique', () => tom.createConversation({ members: ['Jerry'], unique: true }).pipe(map(() => 'made'))),
    result('unique again', () =>
      jerry.createConversation({ members: ['Tom'], unique: true }).pipe(
        mergeMap(({ state$ }) => state$),
        take(1),
      ),
    ),
    result('unique, quit', () =>
      jerry.createConversation({ members: ['Tom'], unique: true }).pipe(mergeMap((made) => made.quit())),
    ),
    result('unique, back', () =>
      jerry.createConversation({ members: ['Tom'], unique: true }).pipe(mergeMap((made) => made.count())),
    ),
    result('temporary', () =>
      createTemporaryConversation(tom, { members: ['Jerry'], ttl: 60 }).pipe(
        mergeMap((made) => concat(made.state$.pipe(take(1), ignoreElements()), stored(made, text('soon gone')))),
      ),
    ),
    result('temporary, added to', () =>
      createTemporaryConversation(tom, { members: ['Jerry'], ttl: 60 }).pipe(mergeMap((made) => made.add(['Spike']))),
    ),
    result('temporary, removed from', () =>
      createTemporaryConversation(tom, { members: ['Jerry'], ttl: 60 }).pipe(
        mergeMap((made) => made.remove(['Jerry'])),
      ),
    ),
    result('temporary, changed', () =>
      createTemporaryConversation(tom, { members: ['Jerry'], ttl: 60 }).pipe(
        mergeMap((made) => made.update({ name: 'T' })),
      ),
    ),
    result('temporary, muted', () =>
      createTemporaryConversation(tom, { members: ['Jerry'], ttl: 60 }).pipe(mergeMap((made) => made.mute())),
    ),
    result('online', () => online(tom, ['Tom', 'Jerry', 'Spike'])),
    result('unknown', () => tom.fetchConversation('0123456789abcdef01234567')),
    result('unknown target', () => stored(tom.conversation('0123456789abcdef01234567'), text('x'))),
    result('unknown room', () => room(tom, '0123456789abcdef01234567').messages$),
    result('room', () =>
      createRoom(tom, { name: 'R' }).pipe(
        tap((made) => (hall = made)),
        map(() => 'made'),
      ),
    ),
    result('room heard', () => {
      const inside = room(jerry, hall.id);
      const counted$ = inside.online$.pipe(
        filter((count) => count === 1),
        take(1),
        mergeMap(() => stored(hall, text('hello room'))),
        ignoreElements(),
      );
      return merge(inside.messages$.pipe(take(1)), counted$);
    }),
    result('room, changed', () => concat(hall.update({ attributes: { topic: 'cats' } }), hall.state$.pipe(take(1)))),
    result('room of another, changed', () => room(jerry, hall.id).update({ attributes: { topic: 'mice' } })),
    result('room, removed from', () => tom.conversation(hall.id).remove(['Jerry'])),
    result('room, muted', () => tom.conversation(hall.id).mute()),
    result('room, added to', () => tom.conversation(hall.id).add(['Jerry'])),
    result('room history', () => hall.history()),
    result('list', () =>
      conversationList(jerry).pipe(
        filter((items) => items.length >= 3),
        take(1),
        // Over sockets, two of them can have the same millisecond, so the order is not compared.
        map((items) =>
          items.map(({ conversation: { name, kind }, unread }) => `${kind} ${name ?? ''} ${unread.count}`).sort(),
        ),
      ),
    ),
    result('missed', () => {
      away.pause();
      const back$ = jerry.events$.pipe(
        filter(({ _tag }) => _tag === 'CaughtUp'),
        take(1),
        map(() => 'caught up'),
      );
      const missed$ = concat(
        stored(here, text('missed 1')).pipe(mergeMap((message) => here.edit(message, text('missed, and changed')))),
        stored(here, text('missed 2'), { mentionsAll: true }),
      ).pipe(
        toArray(),
        tap(() => {
          away.resume();
        }),
        ignoreElements(),
      );
      return merge(back$, missed$);
    }),
    result('heard', () => heard(here, jerry)),
    result('heard back', () => heard(there, tom)),
    result('close', () => jerry.close()),
    result('online', () => online(tom, ['Tom', 'Jerry'])),
  );
};

const inDiagram = (): Played => {
  let played: Played | undefined;
  runMarbles(
    () => undefined,
    ({ realtime, flush }) => {
      play(() => realtime({ backoff: () => 10 })).subscribe((all) => (played = all));
      flush();
    },
    // Without latency, everything would happen in one millisecond, and the order would be undefined.
    { latency: 5 },
  );
  if (played === undefined) throw new Error('the play has not come to its end');
  return played;
};

const overSockets = async (): Promise<Played> => {
  const server = await createServer({ port: 0 });
  const realtimes: Realtime[] = [];
  try {
    return await lastValueFrom(
      play(() => {
        const realtime = createRealtime({ appId: 'app', server: server.url, backoff: () => 10 });
        realtimes.push(realtime);
        return realtime;
      }).pipe(timeout(15_000)),
    );
  } finally {
    for (const realtime of realtimes) realtime.close();
    await server.close();
  }
};

describe('the fake server', () => {
  it('gives the same answers and pushes as the real server', async () => {
    const [fake, real] = [inDiagram(), await overSockets()];
    const names = real.results.map((part) => (part as readonly string[])[0]);
    expect(fake.results.map((part) => (part as readonly string[])[0])).toEqual(names);
    expect(normalised(fake.results)).toEqual(normalised(real.results));
    expect(normalised(fake.tom)).toEqual(normalised(real.tom));
    expect(normalised(fake.jerry)).toEqual(normalised(real.jerry));
  });
});
