/** Wills, missed messages, and users of the application. */
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { user, createRealtime, text, type Fetch } from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { next, sent, textOf, world } from './world.js';

const { login, pair, realtime, realtimes } = world();

describe('wills and missed messages', () => {
  it('M17: a will is sent when the connection breaks, and not after a logout', async () => {
    const { tom, jerry, here, there } = await pair();
    const heard = next(jerry.messages$, 1);
    expect(await sent(here, text('I am gone'), { will: true })).toMatchObject({ from: 'Tom' });
    expect(await firstValueFrom(there.history())).toEqual([]);
    realtimes[0]?.pause();
    expect((await heard).map(textOf)).toEqual(['I am gone']);
    realtimes[0]?.resume();
    await firstValueFrom(tom.status$.pipe(filter(({ _tag }) => _tag === 'Open')));
    await sent(here, text('never'), { will: true });
    await lastValueFrom(tom.close());
    const [end] = await Promise.all([
      next(jerry.messages$, 1),
      sent(there, text('end'))
        .then(() => login('Jerry'))
        .then((phone) => sent(phone.conversation(here.id), text('fin'))),
    ]);
    expect(end.map(textOf)).toEqual(['fin']);
  });

  it.each([false, true])(
    'M15 S1: offline messages come at login, with a flag, in order, once (noBinary: %s)',
    async (noBinary) => {
      const tom = await login('Tom');
      const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
      for (const words of ['1', '2', '3']) await sent(here, text(words));
      const jerry = await login('Jerry', { offlineMessages: true, noBinary });
      const heard = await next(jerry.messages$, 3);
      expect(heard.map((message) => [textOf(message), message.offline])).toEqual([
        ['1', true],
        ['2', true],
        ['3', true],
      ]);
      expect(await firstValueFrom(jerry.conversation(here.id).unread$)).toEqual({ count: 3, mentioned: false });
      const live = next(jerry.messages$, 1);
      await sent(here, text('4'));
      const [fourth] = await live;
      expect(fourth).toMatchObject({ body: { text: '4' } });
      expect(fourth).not.toHaveProperty('offline');
    },
  );
});

describe('users', () => {
  it('L3: are logged in by the session token of their application, and again after a break', async () => {
    const own = await createServer({
      masterKey: 'key',
      authenticate: (token) => (token === 'token of Tom' ? 'Tom' : undefined),
    });
    const created = createRealtime({ appId: 'app', server: own.url });
    try {
      const tom = await firstValueFrom(created.login(user({ sessionToken: 'token of Tom' })));
      expect(tom.id).toBe('Tom');
      expect(await firstValueFrom(created.login(user({ sessionToken: 'token of Tom' })))).toBe(tom);
      await own.kick('Tom', { code: 4115 });
      await lastValueFrom(tom.status$);
      expect((await firstValueFrom(created.login(user({ sessionToken: 'token of Tom' })))).id).toBe('Tom');
      await expect(firstValueFrom(created.login(user({ sessionToken: 'wrong' })))).rejects.toMatchObject({
        _tag: 'SignatureFailed',
      });
      await expect(firstValueFrom(created.login('Jerry'))).rejects.toMatchObject({
        _tag: 'ServerRejected',
        code: 4102,
      });
    } finally {
      created.close();
      await own.close();
    }
  });

  it.each<[string, Fetch]>([
    ['can’t be reached', () => Promise.reject(new Error('no network'))],
    [
      'gives an invalid answer',
      () => Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve({ signature: 5 }) }),
    ],
    ['refuses', () => Promise.resolve({ ok: false, status: 401, json: () => Promise.resolve({}) })],
  ])('L3: fail with SignatureFailed if the API %s', async (_, fetch) => {
    await expect(firstValueFrom(realtime({ fetch }).login(user({ sessionToken: 'x' })))).rejects.toMatchObject({
      _tag: 'SignatureFailed',
    });
  });

  it('L3: need an explicit id if the API does not name the user', async () => {
    const signature = { signature: 's', timestamp: 1, nonce: 'n' };
    const fetch: Fetch = () => Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(signature) });
    await expect(firstValueFrom(realtime({ fetch }).login(user({ sessionToken: 'x' })))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
    });
    expect((await firstValueFrom(realtime({ fetch }).login(user({ sessionToken: 'x', id: 'Tom' })))).id).toBe('Tom');
    await expect(
      firstValueFrom(realtime({ fetch, api: 'no address' }).login(user({ sessionToken: 'x' }))),
    ).rejects.toMatchObject({
      _tag: 'InvalidArgument',
    });
  });
});
