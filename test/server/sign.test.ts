/** Signatures: which requests get one, and which logins they allow. */
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createServer } from 'rx-realtime/server';
import { createSignatures, loginSignature } from '../../server/signatures.js';
import { dial, open, serve, settable, tokenOf } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });
const httpOf = ({ url }: { readonly url: string }): string => url.replace('ws:', 'http:');
const hmac = (text: string): string => createHmac('sha1', 'key').update(text).digest('hex');

describe('signatures', () => {
  const options = {
    masterKey: 'key',
    authenticate: (token: string) => (token === 'good' ? 'Tom' : undefined),
  };
  const ask = (
    server: { readonly url: string },
    body: string,
    headers: Record<string, string> = { 'x-lc-id': 'app' },
  ) => fetch(`${httpOf(server)}/1.1/rtm/sign`, { method: 'POST', headers, body });
  interface Signed {
    readonly signature: string;
    readonly timestamp: number;
    readonly nonce: string;
    readonly clientId: string;
  }
  const signed = async (server: { readonly url: string }): Promise<Signed> =>
    (await (await ask(server, '{"session_token":"good"}')).json()) as Signed;

  it('are made for session tokens that the application knows, and open one session each', async () => {
    const server = await serve(options);
    const { signature: s, timestamp: t, nonce: n, clientId } = await signed(server);
    expect(clientId).toBe('Tom');
    expect(await open(await dial(server.url), 'Tom', { s, t, n })).toMatchObject({ op: 'opened' });
    expect(await open(await dial(server.url), 'Tom', { s, t, n })).toMatchObject(error(4102));
  });

  it('open a session if they were made after a kick, in the same millisecond as well', async () => {
    const server = await serve({ ...options, clock: settable(1_700_000_000_000) });
    const before = await signed(server);
    await server.kick('Tom', { code: 4115 });
    const after = await signed(server);
    for (const [{ signature: s, timestamp: t, nonce: n }, answer] of [
      [before, error(4102)],
      [after, { op: 'opened' }],
    ] as const)
      expect(await open(await dial(server.url), 'Tom', { s, t, n })).toMatchObject(answer);
  });

  it('are valid for their client and application only, and for six hours', async () => {
    const clock = settable(1_700_000_000_000);
    const server = await serve({ ...options, clock });
    const { signature: s, timestamp: t, nonce: n } = await signed(server);
    expect(await open(await dial(server.url), 'Jerry', { s, t, n })).toMatchObject(error(4102));
    expect(await open(await dial(server.url), 'Tom', { s: s.slice(1), t, n })).toMatchObject(error(4102));
    expect(await open(await dial(server.url), 'Tom', { s, t: t + 1, n })).toMatchObject(error(4102));
    expect(await open(await dial(server.url), 'Tom')).toMatchObject(error(4102));
    clock.set(1_700_000_000_000 + 6 * 3_600_000 + 1);
    expect(await open(await dial(server.url), 'Tom', { s, t, n })).toMatchObject(error(4102));
  });

  it('may have their time in seconds', async () => {
    const server = await serve({ masterKey: 'key', clock: settable(1_700_000_000_000) });
    const s = hmac('app:Tom::1700000000:n');
    expect(await open(await dial(server.url), 'Tom', { s, t: 1_700_000_000, n: 'n' })).toMatchObject({ op: 'opened' });
  });

  it.each([
    ['{"session_token":"bad"}', 401],
    ['{"session_token":5}', 400],
    ['{', 400],
    ['"good"', 400],
    [`{"session_token":"${'x'.repeat(20_000)}"}`, 413],
  ])('are refused for %.40s with %d', async (body, status) => {
    expect((await ask(await serve(options), body)).status).toBe(status);
  });

  it.each([
    ['app:admin', 400],
    [':', 400],
    ['', 400],
    ['other', 401],
  ])('are refused for the application "%s", which is not the server\'s, with %d', async (appId, status) => {
    const server = await serve({ ...options, appId: 'app' });
    expect((await ask(server, '{"session_token":"good"}', { 'x-lc-id': appId })).status).toBe(status);
    expect((await ask(server, '{"session_token":"good"}', {})).status).toBe(400);
    expect((await ask(server, '{"session_token":"good"}')).status).toBe(200);
  });

  it('of one user never are those of another: not even where the server serves all applications', async () => {
    const server = await serve({ masterKey: 'key', authenticate: () => 'Tom' });
    const response = await ask(server, '{"session_token":"good"}', { 'x-lc-id': 'app:admin' });
    expect([response.status, await response.text()]).toEqual([400, expect.not.stringContaining('signature')]);
    expect(() => loginSignature('key', { appId: 'app:a', clientId: 'Tom', timestamp: 1, nonce: 'n' })).toThrow('colon');
    expect(() => loginSignature('key', { appId: 'app', clientId: 'Tom', timestamp: 1, nonce: 'n:' })).toThrow('colon');
  });

  it('of actions never are valid for an id with a colon: its parts could be taken for other ids', () => {
    const { action } = createSignatures('key', { clock: settable(1_700_000_000_000), wanted: new Set(['add']) });
    const add = { action: 'add', appId: 'app', clientId: 'Tom', conversationId: 'c', members: ['Jerry'] } as const;
    const check = (request: Partial<typeof add> | object, ids: string) => (): void => {
      const s = hmac(`app:${ids}:1700000000000:n:invite`);
      void action({ ...add, ...request, t: 1_700_000_000_000, n: 'n', s });
    };
    expect(check({ conversationId: 'c:Spike' }, 'Tom:c:Spike:Jerry')).toThrow('colon');
    expect(check({ members: ['Jerry:Spike'] }, 'Tom:c:Jerry:Spike')).toThrow('colon');
    expect(check({ clientId: 'Tom:c' }, 'Tom:c:c:Jerry')).toThrow('colon');
    expect(check({ appId: 'app:Tom' }, 'Tom:Tom:c:Jerry')).toThrow();
    expect(check({}, 'Tom:c:Jerry')).not.toThrow();
  });

  it.each(['app:x', ''])('are refused at the start if the application id is "%s"', async (appId) => {
    await expect(createServer({ appId })).rejects.toThrow('appId');
  });

  it.each([5, '', 'x'.repeat(65), null])('are not made for %j, which is no client id; it is reported', async (id) => {
    const errors: unknown[] = [];
    const server = await serve({
      authenticate: () => id as unknown as string,
      onError: (failure) => errors.push(failure),
    });
    expect((await ask(server, '{"session_token":"good"}')).status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('authenticate') as string })]);
  });

  it('are the only way to log in, too, if there is no master key: they are made with a random one', async () => {
    const server = await serve({ authenticate: options.authenticate });
    expect(await open(await dial(server.url), 'Tom')).toMatchObject(error(4102));
    const { signature: s, timestamp: t, nonce: n } = await signed(server);
    expect(await open(await dial(server.url), 'Jerry', { s, t, n })).toMatchObject(error(4102));
    expect(await open(await dial(server.url), 'Tom', { s, t, n })).toMatchObject({ op: 'opened' });
    await expect(createServer({ authenticate: options.authenticate, signed: ['create'] })).rejects.toThrow('masterKey');
  });

  it('are made only so often for one address in a minute; guessing counts, too', async () => {
    const clock = settable(1_700_000_000_000);
    const server = await serve({ ...options, clock, limits: { signsPerMinute: 2 } });
    const statuses = async (tokens: readonly string[]): Promise<readonly number[]> => {
      const all: number[] = [];
      for (const token of tokens) all.push((await ask(server, `{"session_token":"${token}"}`)).status);
      return all;
    };
    expect(await statuses(['bad', 'good', 'good'])).toEqual([401, 200, 429]);
    clock.set(1_700_000_060_000);
    expect(await statuses(['good'])).toEqual([200]);
  });

  it('are counted by the address that a trusted proxy names', async () => {
    const server = await serve({ ...options, trustedProxies: ['127.0.0.1'], limits: { signsPerMinute: 1 } });
    const from = async (address: string): Promise<number> =>
      (await ask(server, '{"session_token":"good"}', { 'x-lc-id': 'app', 'x-forwarded-for': address })).status;
    expect([await from('9.9.9.9'), await from('8.8.8.8'), await from('1.1.1.1, 9.9.9.9')]).toEqual([200, 200, 429]);
  });

  it('are not made without authentication in the application; if it fails, the answer is 500', async () => {
    expect((await ask(await serve(), '{"session_token":"good"}')).status).toBe(404);
    const errors: unknown[] = [];
    const broken = new Error('no database');
    const failing = await serve({
      authenticate: () => Promise.reject(broken),
      onError: (failure) => errors.push(failure),
    });
    expect((await ask(failing, '{"session_token":"good"}')).status).toBe(500);
    expect(errors).toEqual([broken]);
  });

  it('may be requested by pages of other origins', async () => {
    const preflight = await fetch(`${httpOf(await serve(options))}/1.1/rtm/sign`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('are refused for a body above the limit, even without a declared length', async () => {
    const tokens: string[] = [];
    const server = await serve({ ...options, authenticate: (token) => void tokens.push(token) });
    const socket = connect(server.port, '127.0.0.1');
    const body = JSON.stringify({ session_token: 'x'.repeat(20_000) });
    socket.write(
      'POST /1.1/rtm/sign HTTP/1.1\r\nHost: localhost\r\nX-LC-Id: app\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    // The last chunk never arrives: the server refuses without waiting for it.
    socket.write(`${body.length.toString(16)}\r\n${body}\r\n`);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 413 /);
    expect(tokens).toEqual([]);
  });
});

describe('a login', () => {
  const NOW = 1_700_000_000_000;
  const logIn = async (
    server: { readonly url: string },
    text: string,
    fields: { t: number; n: string },
    peerId = 'Tom',
    appId = 'app',
  ) => {
    const client = await dial(server.url);
    return client.request({ cmd: 'session', op: 'open', appId, peerId, sessionMessage: { ...fields, s: hmac(text) } });
  };

  it('with unexpected characters in its signature is refused, and is not reported as an error', async () => {
    const errors: unknown[] = [];
    const server = await serve({ masterKey: 'key', onError: (failure) => errors.push(failure) });
    const client = await dial(server.url);
    expect(await open(client, 'Tom', { s: 'é'.repeat(40), t: Date.now(), n: 'n' })).toMatchObject(error(4102));
    expect(errors).toEqual([]);
  });

  it('uses up its nonce for this client of this application', async () => {
    const server = await serve({ masterKey: 'key', clock: settable(NOW) });
    const n = 'n';
    expect(await logIn(server, `app:Tom::${NOW}:n`, { t: NOW, n })).toMatchObject({ op: 'opened' });
    expect(await logIn(server, `app:Tom::${NOW + 1}:n`, { t: NOW + 1, n })).toMatchObject(error(4102));
    expect(await logIn(server, `app:Jerry::${NOW}:n`, { t: NOW, n }, 'Jerry')).toMatchObject({ op: 'opened' });
    expect(await logIn(server, `other:Tom::${NOW}:n`, { t: NOW, n }, 'Tom', 'other')).toMatchObject({ op: 'opened' });
  });

  it('of a client whose id looks like another login does not count as that login', async () => {
    const server = await serve({ masterKey: 'key', clock: settable(NOW) });
    const signedForAnother = `app:Tom::${NOW}::${NOW}:n`;
    expect(await logIn(server, signedForAnother, { t: NOW, n: `:${NOW}:n` })).toMatchObject(error(4102));
    expect(await logIn(server, `app:x:Tom::${NOW}:n`, { t: NOW, n: 'n' }, 'Tom', 'app:x')).toMatchObject(error(4102));
    expect(await logIn(server, signedForAnother, { t: NOW, n: 'n' }, `Tom::${NOW}`)).toMatchObject({ op: 'opened' });
  });

  it('with a token needs no signature; the application is still asked', async () => {
    const asked: string[] = [];
    const server = await serve({
      masterKey: 'key',
      clock: settable(NOW),
      verifyLogin: ({ clientId }) => asked.push(clientId) < 2,
    });
    const st = tokenOf(await logIn(server, `app:Tom::${NOW}:1`, { t: NOW, n: '1' }));
    expect(await open(await dial(server.url), 'Tom', { st, r: true })).toMatchObject({ op: 'opened' });
    expect(await logIn(server, 'something else', { t: NOW, n: '2' })).toMatchObject(error(4102));
    expect(asked).toEqual(['Tom']);
    expect(await logIn(server, `app:Tom::${NOW}:3`, { t: NOW, n: '3' })).toMatchObject(error(4102));
    expect(asked).toEqual(['Tom', 'Tom']);
  });
});

describe('a kick', () => {
  const NOW = 1_700_000_000_000;
  const HOUR = 3_600_000;
  const there = async () => {
    const clock = settable(NOW);
    const server = await serve({ masterKey: 'key', clock, signed: ['login', 'create'] });
    /** Logs in with a signature that was made at this time. */
    const logIn = async (t: number, peerId = 'Tom') => {
      const [client, n] = [await dial(server.url), `${peerId}${t}`];
      return { client, answer: await open(client, peerId, { t, n, s: hmac(`app:${peerId}::${t}:${n}`) }) };
    };
    return { clock, server, logIn };
  };
  const opened = { op: 'opened' };

  it('ends all earlier signatures of the client for their whole lifetime, and of no other client', async () => {
    const { clock, server, logIn } = await there();
    clock.set(NOW + 10);
    expect((await logIn(NOW)).answer).toMatchObject(opened);
    await server.kick('Tom');
    for (const t of [NOW + 1, NOW + 10]) expect((await logIn(t)).answer).toMatchObject(error(4102));
    expect((await logIn(NOW + 1, 'Jerry')).answer).toMatchObject(opened);
    expect((await logIn(NOW + 11)).answer).toMatchObject(opened);
    clock.set(NOW + 10 + 6 * HOUR);
    expect((await logIn(NOW + 10)).answer).toMatchObject(error(4102));
  });

  it('ends signatures with a time in seconds, if that time is in the same second', async () => {
    const { clock, server, logIn } = await there();
    const seconds = NOW / 1_000;
    clock.set(NOW + 500);
    await server.kick('Tom');
    clock.set(NOW + 999);
    expect((await logIn(seconds)).answer).toMatchObject(error(4102));
    clock.set(NOW + 1_000);
    expect((await logIn(seconds + 1)).answer).toMatchObject(opened);
  });

  it('counts from the latest kick', async () => {
    const { clock, server, logIn } = await there();
    for (const at of [NOW, NOW + 20]) {
      clock.set(at);
      await server.kick('Tom');
    }
    expect((await logIn(NOW + 20)).answer).toMatchObject(error(4102));
    expect((await logIn(NOW + 21)).answer).toMatchObject(opened);
  });

  it('ends earlier signatures for actions, too', async () => {
    const { clock, server, logIn } = await there();
    clock.set(NOW + 5);
    await server.kick('Tom');
    const { client } = await logIn(NOW + 6);
    const create = (t: number): Promise<unknown> => {
      const n = `create${t}`;
      return client.request({
        cmd: 'conv',
        op: 'start',
        convMessage: { m: ['Jerry'], t, n, s: hmac(`app:Tom:Jerry:Tom:${t}:${n}`) },
      });
    };
    expect(await create(NOW + 5)).toMatchObject(error(4302));
    expect(await create(NOW + 6)).toMatchObject({ op: 'started' });
  });

  it('ends all earlier signatures of all clients if there are too many kicks to store: memory is bounded', () => {
    const clock = settable(NOW);
    const { login: isGood, end } = createSignatures('key', { clock, wanted: new Set(['login']) });
    const passes = (clientId: string, t: number): unknown =>
      isGood({ appId: 'app', clientId, t, n: `${clientId}${t}`, s: hmac(`app:${clientId}::${t}:${clientId}${t}`) });
    for (let number = 0; number <= 100_000; number += 1) {
      clock.set(NOW + number);
      void end(`mouse ${number}`);
    }
    expect([passes('mouse 0', NOW), passes('Tom', NOW), passes('Tom', NOW + 1)]).toEqual([false, false, true]);
    expect([passes('mouse 1', NOW + 1), passes('mouse 1', NOW + 2)]).toEqual([false, true]);
  });
});
