/** The conversation list, and queries. */
import { Subject, filter, firstValueFrom, lastValueFrom, map, take, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  image,
  text,
  where,
  type Client,
  type ClientEvent,
  type ConversationListItem,
  type Fault,
  findConversations,
  conversationList,
  block,
  online,
} from 'rx-realtime';
import { createServer, memoryStore } from 'rx-realtime/server';
import { distinctTimes, fail, sent, world } from './world.js';

const { login, pair, realtimes, server } = world({ clock: distinctTimes() });

const names = (items: readonly ConversationListItem[]): readonly string[] =>
  items.map(({ conversation: { name = '' } }) => name);

const create = async (client: Client, name: string, members: readonly string[] = [], attributes = {}) => {
  const conversation = await firstValueFrom(client.createConversation({ name, members, attributes }));
  return conversation;
};

/** Waits until the list has these names. */
const become = (client: Client, wanted: readonly string[]): Promise<readonly ConversationListItem[]> =>
  firstValueFrom(
    conversationList(client).pipe(filter((items) => JSON.stringify(names(items)) === JSON.stringify(wanted))),
  );

describe('the conversation list', () => {
  it('C11 C19: has the latest activity first, with last messages and unread counts, and follows the log', async () => {
    const tom = await login('Tom');
    const [a, b] = [await create(tom, 'a', ['Jerry']), await create(tom, 'b', ['Jerry'])];
    await sent(a, text('old'));
    await sent(b, image({ url: 'http://localhost/cat.png' }));
    await sent(a, text('new'), { mentions: ['Jerry'] });
    const jerry = await login('Jerry');
    const keeping = conversationList(jerry).subscribe();
    const [first, second] = await become(jerry, ['a', 'b']);
    expect(first).toMatchObject({
      lastMessage: { body: { _tag: 'Text', text: 'new' }, from: 'Tom' },
      unread: { count: 2, mentioned: true },
    });
    expect(second).toMatchObject({ lastMessage: { body: { _tag: 'Image' } }, unread: { count: 1 } });

    const moved = become(jerry, ['b', 'a']);
    await sent(b, text('again'));
    expect((await moved)[1]).toBe(first);

    const added = become(jerry, ['c', 'b', 'a']);
    const c = await create(tom, 'c', ['Jerry']);
    await sent(c, text('hello'));
    await added;

    const renamed = firstValueFrom(
      conversationList(jerry).pipe(filter((items) => items[0]?.conversation.name === 'C')),
    );
    await lastValueFrom(c.update({ name: 'C' }));
    await renamed;

    const gone = become(jerry, ['b', 'a']);
    await lastValueFrom(c.remove(['Jerry']));
    await gone;
    keeping.unsubscribe();
  });

  it('C11: is paged by more$, and misses no conversation that moves meanwhile', async () => {
    const tom = await login('Tom');
    const conversations = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const conversation = await create(tom, name);
      await sent(conversation, text(name));
      conversations.push(conversation);
    }
    const jerry = await login('Tom');
    const more = new Subject<void>();
    const list$ = conversationList(jerry, { pageSize: 2, more$: more });
    const until = (wanted: readonly string[]) =>
      firstValueFrom(list$.pipe(filter((items) => names(items).join() === wanted.join())));
    const keeping = list$.subscribe();
    await until(['e', 'd']);
    await sent(conversations[0] ?? fail(), text('moves'));
    await until(['a', 'e', 'd']);
    more.next();
    await until(['a', 'e', 'd', 'c']);
    more.next();
    await until(['a', 'e', 'd', 'c', 'b']);
    keeping.unsubscribe();
  });

  it('has the conversations and messages of a break', async () => {
    const { tom, jerry, here } = await pair();
    await become(jerry, ['Tom & Jerry']);
    const keeping = conversationList(jerry).subscribe();
    realtimes[1]?.pause();
    await sent(await create(tom, 'new', ['Jerry']), text('hello'));
    await lastValueFrom(here.update({ name: 'renamed' }));
    realtimes[1]?.resume();
    realtimes[1]?.retry();
    await become(jerry, ['new', 'renamed']);
    keeping.unsubscribe();
  });
});

describe('the conversation list, for conversations without this client', () => {
  /** Waits until earlier pushes have arrived, the client has got its answers to them, and a turn is over. */
  const settled = async (client: Client): Promise<void> => {
    for (let trips = 0; trips < 3; trips += 1) await lastValueFrom(online(client, []));
    // The list emits by a timer of this length, which has started before.
    await lastValueFrom(timer(0));
  };
  const listOf = async (client: Client): Promise<readonly string[]> =>
    names(await firstValueFrom(conversationList(client)));
  const blockedIn = (client: Client): Promise<ClientEvent> =>
    firstValueFrom(client.events$.pipe(filter(({ _tag }) => _tag === 'Blocked')));

  it('drops a conversation if the client was removed during a break', async () => {
    const { jerry, here } = await pair();
    const keeping = conversationList(jerry).subscribe();
    await become(jerry, ['Tom & Jerry']);
    realtimes[1]?.pause();
    await lastValueFrom(here.remove(['Jerry']));
    realtimes[1]?.resume();
    realtimes[1]?.retry();
    await become(jerry, []);
    keeping.unsubscribe();
  });

  it('has no conversation in which the client is blocked, whether it was a member or not', async () => {
    const { jerry, here } = await pair();
    const spike = await login('Spike');
    const keeping = [jerry, spike].map((client) => conversationList(client).subscribe());
    await become(jerry, ['Tom & Jerry']);
    // Spike was no member, so nobody tells it.
    const told = blockedIn(jerry);
    await lastValueFrom(block(here, ['Jerry', 'Spike']));
    await told;
    for (const client of [jerry, spike]) {
      await settled(client);
      expect(await listOf(client)).toEqual([]);
    }
    for (const one of keeping) one.unsubscribe();
  });

  it('has no conversation that the client has only fetched, until it joins', async () => {
    const { here } = await pair();
    const spike = await login('Spike');
    const keeping = conversationList(spike).subscribe();
    const there = await firstValueFrom(spike.fetchConversation(here.id));
    await settled(spike);
    expect(await listOf(spike)).toEqual([]);
    await lastValueFrom(there.join());
    await become(spike, ['Tom & Jerry']);
    keeping.unsubscribe();
  });

  it('drops a deleted conversation, online or after a break, with one Left and no fault', async () => {
    const { jerry, here, there } = await pair();
    const keeping = conversationList(jerry).subscribe();
    const members: string[] = [];
    there.members$.subscribe((now) => members.push([...now].join()));
    await become(jerry, ['Tom & Jerry']);
    const faults: Fault[] = [];
    realtimes[1]?.faults$.subscribe((fault) => faults.push(fault));
    const departure = { _tag: 'Left', conversationId: here.id, members: ['Jerry'] };
    const leaving = () => firstValueFrom(there.events$.pipe(filter(({ _tag }) => _tag === 'Left')));

    realtimes[1]?.pause();
    await server().backEnd.delete(here.id);
    const away = leaving();
    realtimes[1]?.resume();
    realtimes[1]?.retry();
    expect(await away).toEqual(departure);
    await become(jerry, []);
    expect(members).toEqual(['Tom,Jerry', 'Tom']);
    expect(faults).toEqual([]);

    const other = await server().backEnd.create({ creator: 'Tom', members: ['Jerry'], name: 'other' });
    await become(jerry, ['other']);
    const online = firstValueFrom(jerry.events$.pipe(filter(({ _tag }) => _tag === 'Left')));
    await server().backEnd.delete(other.id);
    expect(await online).toEqual({ ...departure, conversationId: other.id, by: 'REST_API' });
    keeping.unsubscribe();
  });
});

describe('a conversation that can not be decoded', () => {
  it('is missing in new results and causes a fault; it does not count as left, and others are shown', async () => {
    const clock = distinctTimes();
    const store = memoryStore({ clock });
    const own = await createServer({ store, clock });
    try {
      const tom = await login('Tom', { server: own.url });
      const [a] = [await create(tom, 'a'), await create(tom, 'b')];
      const keeping = conversationList(tom).subscribe();
      await become(tom, ['b', 'a']);
      const left: ClientEvent[] = [];
      tom.events$.pipe(filter(({ _tag }) => _tag === 'Left')).subscribe((entry) => left.push(entry));
      const faults = firstValueFrom(
        (realtimes[0] ?? fail()).faults$.pipe(
          filter(({ _tag }) => _tag === 'Frame'),
          take(2),
          toArray(),
        ),
      );
      await store.updateConversation(a.id, { edits: [{ _tag: 'Set', path: ['tr'], value: { x: 1 } }] }, Date.now());
      realtimes[0]?.pause();
      const caughtUp = firstValueFrom(tom.events$.pipe(filter(({ _tag }) => _tag === 'CaughtUp')));
      realtimes[0]?.resume();
      realtimes[0]?.retry();
      await caughtUp;
      // One fault comes from the catch-up, the other one from the list.
      for (const fault of await faults)
        expect(fault).toMatchObject({ error: { path: expect.stringMatching(/^\d\.tr$/) as string } });
      expect(left).toEqual([]);
      expect(names(await firstValueFrom(conversationList(tom)))).toEqual(['b', 'a']);
      expect((await lastValueFrom(findConversations(tom))).map(({ name }) => name)).toEqual(['b']);
      await expect(lastValueFrom(tom.fetchConversation(a.id))).rejects.toMatchObject({ _tag: 'DecodeFailed' });
      keeping.unsubscribe();
    } finally {
      await own.close();
    }
  });
});

describe('a query of conversations', () => {
  const all = async () => {
    const tom = await login('Tom');
    await create(tom, 'alpha', ['Jerry'], { age: 1, tags: ['x', 'y'], deep: { when: new Date(1_000) } });
    await create(tom, 'Beta.*', ['Jerry', 'Spike'], { age: 2, tags: ['y'] });
    await create(tom, 'gamma', [], { age: 3 });
    const find = (condition: where.Condition | undefined, rest = {}): Promise<readonly (string | undefined)[]> =>
      lastValueFrom(
        findConversations(tom, { ...(condition === undefined ? {} : { where: condition }), sort: 'age', ...rest }).pipe(
          map((infos) => infos.map(({ name }) => name)),
        ),
      );
    return { tom, find };
  };

  it('C12 C16: compares numbers, texts and dates, and tests whether a value exists', async () => {
    const { find } = await all();
    expect(await find(where.equal('age', 2))).toEqual(['Beta.*']);
    expect(await find(where.notEqual('age', 2))).toEqual(['alpha', 'gamma']);
    expect(await find(where.greaterThan('age', 1))).toEqual(['Beta.*', 'gamma']);
    expect(await find(where.atLeast('age', 2))).toEqual(['Beta.*', 'gamma']);
    expect(await find(where.lessThan('age', 2))).toEqual(['alpha']);
    expect(await find(where.atMost('deep.when', new Date(1_000)))).toEqual(['alpha']);
    expect(await find(where.greaterThan('createdAt', new Date(0)))).toEqual(['alpha', 'Beta.*', 'gamma']);
    expect(await find(where.exists('tags'))).toEqual(['alpha', 'Beta.*']);
    expect(await find(where.isAbsent('tags'))).toEqual(['gamma']);
    expect(await find(where.oneOf('age', [1, 3]))).toEqual(['alpha', 'gamma']);
    expect(await find(where.noneOf('age', [1, 3]))).toEqual(['Beta.*']);
    expect(await find(where.containsAll('tags', ['x', 'y']))).toEqual(['alpha']);
    expect(await find(where.hasSize('tags', 1))).toEqual(['Beta.*']);
  });

  it('C13 C14: matches expressions with flags, prefixes, substrings, and exact or partial members', async () => {
    const { find } = await all();
    expect(await find(where.matches('name', /^beta/i))).toEqual(['Beta.*']);
    expect(await find(where.matches('name', /^beta/))).toEqual([]);
    expect(await find(where.startsWith('name', 'al'))).toEqual(['alpha']);
    expect(await find(where.contains('name', 'mm'))).toEqual(['gamma']);
    expect(await find(where.contains('name', '.*'))).toEqual(['Beta.*']);
    expect(await find(where.contains('name', '\\E'))).toEqual([]);
    expect(await find(where.withMembers(['Jerry', 'Tom']))).toEqual(['alpha']);
    expect(await find(where.containsMembers(['Jerry']))).toEqual(['alpha', 'Beta.*']);
  });

  it('C15 C17: combines conditions, and sorts by several keys', async () => {
    const { find } = await all();
    expect(await find(where.and(where.atLeast('age', 2), where.containsMembers(['Spike'])))).toEqual(['Beta.*']);
    expect(await find(where.or(where.equal('age', 1), where.equal('age', 3)))).toEqual(['alpha', 'gamma']);
    expect(await find(where.isSystem)).toEqual([]);
    expect(await find(undefined, { sort: ['-creator', '-age'] })).toEqual(['gamma', 'Beta.*', 'alpha']);
    expect(await find(undefined, { skip: 1, limit: 1 })).toEqual(['Beta.*']);
  });

  it('C10 C18 C19: has no members if compact (state$ keeps the known ones), and last messages on request', async () => {
    const { tom } = await all();
    const [compact] = await lastValueFrom(findConversations(tom, { where: where.equal('age', 1), compact: true }));
    expect(compact).not.toHaveProperty('members');
    const id = compact?.id ?? '';
    expect(await firstValueFrom(tom.conversation(id).state$)).toMatchObject({ members: ['Tom', 'Jerry'] });
    await sent(tom.conversation(id), text('hello'));
    const [full] = await lastValueFrom(findConversations(tom, { where: where.equal('age', 1), lastMessages: true }));
    expect(full?.lastMessage).toMatchObject({ from: 'Tom' });
  });

  it('errors if the server or the client refuses it', async () => {
    const { tom } = await all();
    await expect(
      lastValueFrom(findConversations(tom, { where: where.matches('name', /(?=x)/) })),
    ).rejects.toMatchObject({ code: 4310 });
    await expect(lastValueFrom(findConversations(tom, { limit: 0 }))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
    });
  });
});
