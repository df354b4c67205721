/** Members and attributes, and the notices of their changes. */
import { distinctUntilChanged, filter, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Conversation } from 'rx-realtime';
import { next, sent, textOf, world } from './world.js';
import { text, findConversations, createRoom, online, block } from 'rx-realtime';

const { login, pair, realtimes } = world();

/** Waits until the members have this value. */
const become = (conversation: Conversation, members: readonly string[]): Promise<ReadonlySet<string>> =>
  firstValueFrom(
    conversation.members$.pipe(
      filter((now) => now.size === members.length && members.every((member) => now.has(member))),
    ),
  );

describe('members', () => {
  it('C4 C5 C6: are added and removed, join and quit; members$ of every client and the count follow', async () => {
    const { here, there } = await pair();
    const spike = await login('Spike');
    const invited = firstValueFrom(spike.events$.pipe(filter(({ _tag }) => _tag === 'Joined')));
    expect(await lastValueFrom(here.add(['Spike', 'Jerry']))).toEqual({ allowed: ['Spike', 'Jerry'], failed: [] });
    expect(await invited).toMatchObject({ conversationId: here.id, by: 'Tom' });
    const third = spike.conversation(here.id);
    for (const conversation of [here, there, third]) await become(conversation, ['Tom', 'Jerry', 'Spike']);
    expect(await lastValueFrom(there.count())).toBe(3);

    const heard = next(spike.messages$, 1);
    await sent(here, text('welcome'));
    expect((await heard).map(textOf)).toEqual(['welcome']);

    const kicked = firstValueFrom(spike.events$.pipe(filter(({ _tag }) => _tag === 'Left')));
    expect(await lastValueFrom(here.remove(['Spike']))).toEqual({ allowed: ['Spike'], failed: [] });
    expect(await kicked).toMatchObject({ members: ['Spike'], by: 'Tom' });
    for (const conversation of [here, there]) await become(conversation, ['Tom', 'Jerry']);
    await expect(lastValueFrom(third.send(text('let me in')))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4401,
    });

    await lastValueFrom(third.join());
    for (const conversation of [here, there, third]) await become(conversation, ['Tom', 'Jerry', 'Spike']);
    await lastValueFrom(third.quit());
    for (const conversation of [here, there]) await become(conversation, ['Tom', 'Jerry']);
  });

  it('are emitted when they change, and not because of a break or of another change', async () => {
    const { here, there } = await pair();
    const sets: (readonly string[])[] = [];
    there.members$.subscribe((now) => sets.push([...now].sort()));
    await become(there, ['Tom', 'Jerry']);
    realtimes[1]?.pause();
    await lastValueFrom(here.update({ name: 'while Jerry was away' }));
    realtimes[1]?.resume();
    realtimes[1]?.retry();
    await firstValueFrom(there.state$.pipe(filter(({ name }) => name === 'while Jerry was away')));
    await lastValueFrom(here.add(['Spike']));
    await become(there, ['Tom', 'Jerry', 'Spike']);
    expect(sets).toEqual([
      ['Jerry', 'Tom'],
      ['Jerry', 'Spike', 'Tom'],
    ]);
  });

  it('C5: appear in notices only if they have changed, on the acting device and on all others', async () => {
    const { here } = await pair();
    const phone = await login('Tom');
    await firstValueFrom(here.state$);
    const told = (conversation: Conversation) => {
      const entries: string[] = [];
      conversation.membership$.subscribe(({ _tag, members }) => entries.push(`${_tag} ${members.join()}`));
      return entries;
    };
    const [mine, others] = [told(here), told(phone.conversation(here.id))];
    expect(await lastValueFrom(here.add(['Jerry']))).toEqual({ allowed: ['Jerry'], failed: [] });
    expect(await lastValueFrom(here.remove(['Nobody']))).toEqual({ allowed: ['Nobody'], failed: [] });
    await lastValueFrom(block(here, ['Stranger']));
    await lastValueFrom(here.add(['Jerry', 'Spike']));
    await lastValueFrom(here.remove(['Nobody', 'Spike']));
    await lastValueFrom(block(here, ['Jerry', 'Butch']));
    const expected = ['Blocked Stranger', 'Joined Spike', 'Left Spike', 'Left Jerry', 'Blocked Jerry,Butch'];
    expect(mine).toEqual(expected);
    await lastValueFrom(online(phone, []));
    expect(others).toEqual(expected);
  });

  it('C5: of a new conversation are told once, on the device that makes it and on the other one', async () => {
    const [tom, phone, jerry] = [await login('Tom'), await login('Tom'), await login('Jerry')];
    const clients = [tom, phone, jerry];
    const told = clients.map((client) => {
      const joined: string[] = [];
      client.events$.subscribe((event) => {
        if (event._tag === 'Joined') joined.push(...event.members.map((member) => `${member} by ${event.by ?? ''}`));
      });
      return joined;
    });
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    for (const client of clients) await become(client.conversation(here.id), ['Tom', 'Jerry']);
    for (const client of clients) await lastValueFrom(online(client, []));
    for (const joined of told) expect(joined.toSorted()).toEqual(['Jerry by Tom', 'Tom by Tom']);
  });

  it('C4: must have valid client ids; only members can add others', async () => {
    const { here } = await pair();
    for (const members of [[], [''], ['x'.repeat(65)]])
      await expect(lastValueFrom(here.add(members))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    const spike = await login('Spike');
    await expect(lastValueFrom(spike.conversation(here.id).add(['Butch']))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4317,
    });
    await expect(lastValueFrom(spike.conversation(here.id).remove(['Tom']))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4317,
    });
    await expect(lastValueFrom(spike.conversation('0'.repeat(24)).join())).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4303,
    });
  });

  it('C5: are correct after a break in which they changed', async () => {
    const { here, there } = await pair();
    await become(there, ['Tom', 'Jerry']);
    realtimes[1]?.pause();
    await lastValueFrom(here.add(['Spike']));
    realtimes[1]?.resume();
    await become(there, ['Tom', 'Jerry', 'Spike']);
  });
});

describe('attributes', () => {
  it('C8: change for all members, nested values too; other attributes stay', async () => {
    const tom = await login('Tom');
    const jerry = await login('Jerry');
    const here = await firstValueFrom(
      tom.createConversation({ members: ['Jerry'], name: 'old', attributes: { a: { b: 1, c: 2 }, kept: true } }),
    );
    const there = jerry.conversation(here.id);
    await firstValueFrom(there.state$);
    const seen = firstValueFrom(there.state$.pipe(filter(({ name }) => name === 'new')));
    const born = new Date(0);
    await lastValueFrom(here.update({ name: 'new', attributes: { 'a.b': 5, born } }));
    const expected = { name: 'new', attributes: { a: { b: 5, c: 2 }, kept: true, born } };
    expect(await seen).toMatchObject(expected);
    expect(await firstValueFrom(here.state$)).toMatchObject(expected);
    const phone = await login('Tom');
    expect(await firstValueFrom((await firstValueFrom(phone.fetchConversation(here.id))).state$)).toMatchObject(
      expected,
    );
  });

  it('C8: can not have dots in their keys at creation: nobody could find or change them', async () => {
    const tom = await login('Tom');
    const attributes = { plain: 1, 'a.b': 2 };
    const refused = { _tag: 'InvalidArgument', message: expect.stringContaining('"a.b"') as string };
    await expect(lastValueFrom(tom.createConversation({ members: ['Jerry'], attributes }))).rejects.toMatchObject(
      refused,
    );
    await expect(lastValueFrom(createRoom(tom, { attributes }))).rejects.toMatchObject(refused);
    expect(await lastValueFrom(findConversations(tom))).toEqual([]);
  });

  it('C8: are refused if their names belong to the protocol, or if the client is not a member', async () => {
    const { here } = await pair();
    await expect(lastValueFrom(here.update({ attributes: { m: ['Spike'] } }))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
    });
    const spike = await login('Spike');
    await expect(lastValueFrom(spike.conversation(here.id).update({ name: 'x' }))).rejects.toMatchObject({
      code: 4309,
    });
  });

  it('C9: name the members that have muted the conversation', async () => {
    const { tom, here } = await pair();
    const muted = async () =>
      (await firstValueFrom((await firstValueFrom(tom.fetchConversation(here.id))).state$)).mutedMembers;
    await lastValueFrom(here.mute());
    expect(await muted()).toEqual(['Tom']);
    await lastValueFrom(here.unmute());
    expect(await muted()).toEqual([]);
  });
});

describe('changes of attributes', () => {
  it('C8: can unset keys, for all members, and have the time of the server', async () => {
    const { here, there } = await pair();
    await firstValueFrom(there.state$);
    await lastValueFrom(here.update({ attributes: { a: { b: 1, c: null }, d: 2 } }));
    const seen = (conversation: Conversation) =>
      firstValueFrom(conversation.state$.pipe(filter(({ attributes }) => !Object.hasOwn(attributes, 'd'))));
    const both = Promise.all([seen(here), seen(there)]);
    await lastValueFrom(here.update({ unset: ['a.b', 'd', 'never'] }));
    const [mine, yours] = await both;
    expect(mine.attributes).toEqual({ a: { c: null } });
    expect(yours.attributes).toEqual({ a: { c: null } });
    const [fresh] = await lastValueFrom(
      there.state$.pipe(
        filter(({ updatedAt }) => updatedAt === mine.updatedAt),
        take(1),
        toArray(),
      ),
    );
    expect(fresh?.updatedAt).toBe(yours.updatedAt);
  });

  it('C8: are shown at once if they are optimistic, and are undone if the server refuses', async () => {
    const { here, there } = await pair();
    await firstValueFrom(here.state$);
    const names: (string | undefined)[] = [];
    here.state$
      .pipe(
        map(({ name }) => name),
        distinctUntilChanged(),
      )
      .subscribe((name) => names.push(name));
    const updating = lastValueFrom(here.update({ name: 'new' }, { optimistic: true }));
    expect(names.at(-1)).toBe('new');
    await updating;
    expect(names).toEqual(['Tom & Jerry', 'new']);
    await lastValueFrom(there.remove(['Jerry']));
    const shown: (string | undefined)[] = [];
    there.state$.subscribe(({ name }) => shown.push(name));
    await expect(lastValueFrom(there.update({ name: 'mine' }, { optimistic: true }))).rejects.toMatchObject({
      code: 4309,
    });
    expect(shown.slice(-2)).toEqual(['mine', 'new']);
  });

  it('C7: have the time of the last change in state$; mute() changes muted$ and leaves this time', async () => {
    const { here } = await pair();
    const { createdAt, updatedAt, creator, members } = await firstValueFrom(here.state$);
    expect([createdAt, updatedAt].every((time) => typeof time === 'number')).toBe(true);
    expect([creator, members]).toEqual(['Tom', ['Tom', 'Jerry']]);
    const muted = firstValueFrom(here.muted$.pipe(filter(Boolean)));
    await lastValueFrom(here.mute());
    await muted;
    await lastValueFrom(here.unmute());
    expect(await firstValueFrom(here.muted$)).toBe(false);
    expect((await firstValueFrom(here.state$)).updatedAt).toBe(updatedAt);
  });
});

describe('a conversation with a limit of members', () => {
  it('C20: accepts 500 members, and names the clients that are refused', async () => {
    const tom = await login('Tom');
    const members = Array.from({ length: 498 }, (_, index) => `m${String(index)}`);
    const here = await firstValueFrom(tom.createConversation({ members }));
    expect(await lastValueFrom(here.add(['last', 'none']))).toMatchObject({
      allowed: ['last'],
      failed: [{ members: ['none'], code: 4304 }],
    });
    await expect(lastValueFrom(tom.createConversation({ members: [...members, 'a', 'b'] }))).rejects.toMatchObject({
      code: 4304,
    });
  });
});
