/** Roles, silenced clients and blocked clients. */
import { EMPTY, filter, firstValueFrom, lastValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  text,
  type Client,
  type Conversation,
  type Fault,
  type RealtimeOptions,
  blocked,
  block,
  unblock,
  unsilence,
  silenced,
  silence,
  roles,
  setRole,
} from 'rx-realtime';
import { sent, world } from './world.js';

const { login, pair, realtimes } = world();

/** Waits until the roles have this value. */
const become = (conversation: Conversation, wanted: Readonly<Record<string, string>>): Promise<unknown> =>
  firstValueFrom(
    roles(conversation).pipe(
      map((roles) => JSON.stringify(Object.fromEntries([...roles].sort()))),
      filter((roles) => roles === JSON.stringify(wanted)),
    ),
  );

describe('roles', () => {
  it('are known to every member, and change when the owner sets them', async () => {
    const { here, there } = await pair();
    for (const conversation of [here, there]) await become(conversation, { Tom: 'Owner' });
    const [mine, yours] = [here, there].map((conversation) => become(conversation, { Jerry: 'Manager', Tom: 'Owner' }));
    await lastValueFrom(setRole(here, 'Jerry', 'Manager'));
    await Promise.all([mine, yours]);
    const back = become(there, { Tom: 'Owner' });
    await lastValueFrom(setRole(here, 'Jerry', 'Member'));
    await back;
    await expect(lastValueFrom(setRole(there, 'Jerry', 'Manager'))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4320,
    });
  });

  it('are fetched again after a break', async () => {
    const { here, there } = await pair();
    await become(there, { Tom: 'Owner' });
    const keeping = roles(there).subscribe();
    realtimes[1]?.pause();
    await lastValueFrom(setRole(here, 'Jerry', 'Manager'));
    const changed = become(there, { Jerry: 'Manager', Tom: 'Owner' });
    realtimes[1]?.resume();
    realtimes[1]?.retry();
    await changed;
    keeping.unsubscribe();
  });
});

describe('roles that the API refuses', () => {
  /** The fault that Spike gets, who is not a member. */
  const faultOf = async (options: Partial<RealtimeOptions> = {}): Promise<Fault> => {
    const { here } = await pair();
    const spike: Client = await login('Spike', options);
    const fault = firstValueFrom(realtimes.at(-1)?.faults$ ?? EMPTY);
    const asking = roles(spike.conversation(here.id)).subscribe();
    const heard = await fault;
    asking.unsubscribe();
    return heard;
  };

  it('cause a fault with the code of the protocol', async () => {
    expect(await faultOf()).toMatchObject({ _tag: 'CatchUp', error: { _tag: 'ServerRejected', code: 4317 } });
  });

  it('cause a fault with the HTTP status if there is no such code', async () => {
    for (const json of [() => Promise.reject(new SyntaxError('<html>')), () => Promise.resolve({ code: 'none' })]) {
      const fetch: RealtimeOptions['fetch'] = () => Promise.resolve({ ok: false, status: 502, json });
      expect(await faultOf({ fetch })).toMatchObject({ _tag: 'CatchUp', error: { _tag: 'ServerRejected', code: 502 } });
    }
  });
});

describe('a silenced client', () => {
  it('can not send until it is unsilenced; all members get both changes, with the client that made them', async () => {
    const { here, there } = await pair();
    const heard = lastValueFrom(there.membership$.pipe(take(2), toArray()));
    expect(await lastValueFrom(silence(here, ['Jerry', 'Spike']))).toMatchObject({
      allowed: ['Jerry'],
      failed: [{ members: ['Spike'], code: 4317 }],
    });
    await expect(lastValueFrom(there.send(text('x')))).rejects.toMatchObject({ _tag: 'ServerRejected', code: 4563 });
    expect(await lastValueFrom(silenced(here))).toEqual({ clientIds: ['Jerry'] });
    await lastValueFrom(unsilence(here, ['Jerry']));
    await sent(there, text('x'));
    expect(await heard).toEqual([
      { _tag: 'Silenced', conversationId: here.id, members: ['Jerry'], by: 'Tom' },
      { _tag: 'Unsilenced', conversationId: here.id, members: ['Jerry'], by: 'Tom' },
    ]);
  });
});

describe('blocked clients', () => {
  it('lose their membership, and can not become members again until they are unblocked', async () => {
    const { tom, here, there } = await pair();
    const heard = lastValueFrom(there.membership$.pipe(take(2), toArray()));
    const own = lastValueFrom(here.membership$.pipe(take(2), toArray()));
    await lastValueFrom(block(here, ['Jerry']));
    expect((await heard).map(({ _tag, members, by }) => [_tag, members, by])).toEqual([
      ['Left', ['Jerry'], 'Tom'],
      ['Blocked', ['Jerry'], 'Tom'],
    ]);
    expect((await own).map(({ _tag }) => _tag)).toEqual(['Left', 'Blocked']);
    expect(await firstValueFrom(here.members$)).toEqual(new Set(['Tom']));
    expect(await lastValueFrom(there.join())).toMatchObject({
      allowed: [],
      failed: [{ members: ['Jerry'], code: 4315 }],
    });
    expect(await lastValueFrom(here.add(['Jerry']))).toMatchObject({
      allowed: [],
      failed: [{ members: ['Jerry'], code: 4315 }],
    });
    expect(await lastValueFrom(blocked(here))).toEqual({ clientIds: ['Jerry'] });
    await lastValueFrom(unblock(here, ['Jerry']));
    expect(await lastValueFrom(there.join())).toMatchObject({ allowed: ['Jerry'], failed: [] });
    expect(tom.id).toBe('Tom');
  });

  it('are listed page by page', async () => {
    const tom = await login('Tom');
    const here = await firstValueFrom(tom.createConversation({ members: [] }));
    await lastValueFrom(block(here, ['a', 'b', 'c']));
    const first = await lastValueFrom(blocked(here, { limit: 2 }));
    expect(first).toEqual({ clientIds: ['a', 'b'], next: 'b' });
    expect(await lastValueFrom(blocked(here, { limit: 2, next: first.next ?? '' }))).toEqual({ clientIds: ['c'] });
  });
});
