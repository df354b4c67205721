/** Hooks over HTTP: a receiver that listens, and a server that calls it. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyWebHook, webHooks, type HookName, type RtmServer, type WebHookOptions } from 'rx-realtime/server';
import { login, page, say, serve, start, refused } from './raw-client.js';

const SECRET = 'secret';
const error = (code: number, more: object = {}): object => ({ cmd: 'error', errorMessage: { code, ...more } });

interface Call {
  readonly name: string;
  readonly event: unknown;
  readonly header: string | undefined;
  readonly body: string;
}

/** The back end of the application: it accepts signed requests, and gives the answers that the test sets. */
const receiver = async (
  answer: (name: string, response: ServerResponse, call: Call) => void = (_, response) => response.writeHead(204).end(),
) => {
  const calls: Call[] = [];
  const wakes: (() => void)[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const header = request.headers['x-lc-hook-signature'];
    const name = request.url?.split('/').at(-1) ?? '';
    const one = typeof header === 'string' ? header : undefined;
    if (!verifyWebHook({ secret: SECRET, hook: name, header: one, body, now: Date.now() })) {
      response.writeHead(401).end();
      return;
    }
    const call = { name, event: JSON.parse(body) as unknown, header: one, body };
    calls.push(call);
    for (const wake of wakes.splice(0)) wake();
    answer(name, response, call);
  };
  const http = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hooks`,
    calls,
    /** Waits until this hook was called. The time limit of the test applies. */
    called: async (name: HookName): Promise<Call> => {
      for (;;) {
        const call = calls.find((each) => each.name === name);
        if (call !== undefined) return call;
        await new Promise<void>((resolve) => wakes.push(resolve));
      }
    },
  };
};

/** A server that calls its hooks at a receiver. */
const hooked = async (url: string, more: Partial<WebHookOptions> = {}) => {
  const errors: unknown[] = [];
  const wakes: (() => void)[] = [];
  const server = await serve({
    hooks: webHooks({ url, secret: SECRET, ...more }),
    onError: (failure) => {
      errors.push(failure);
      for (const wake of wakes.splice(0)) wake();
    },
  });
  return {
    server,
    errors,
    /** Waits until this number of failures is reported. The time limit of the test applies. */
    failed: async (count: number): Promise<void> => {
      while (errors.length < count) await new Promise<void>((resolve) => wakes.push(resolve));
    },
  };
};

const json =
  (body: string, status = 200) =>
  (_: string, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };

describe('web hooks', () => {
  it('are called one after another with the events, signed', async () => {
    const { url, called } = await receiver();
    const { server, errors } = await hooked(`${url}/`);
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const { id } = await say(tom, cid, { msg: 'a', pushData: '{"alert":"x"}' });
    await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches: [{ cid, mid: id, recall: true }] } });
    for (const op of ['add', 'remove'] as const)
      await tom.request({ cmd: 'conv', op, convMessage: { cid, m: ['Spike'] } });
    await tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"a":1}' } } });
    await tom.request({ cmd: 'session', op: 'close', peerId: 'Tom' });
    const events = new Map<HookName, object>([
      ['clientOnline', { peerId: 'Tom', reconnect: false }],
      ['conversationStart', { initBy: 'Tom', members: ['Tom', 'Jerry'], attr: {} }],
      ['conversationStarted', { convId: cid }],
      ['messageReceived', { fromPeer: 'Tom', content: 'a', bin: false }],
      ['messageSent', { msgId: id }],
      ['receiversOffline', { offlinePeers: ['Jerry'], pushData: { alert: 'x' } }],
      ['messageUpdate', { msgId: id, recall: true }],
      ['conversationAdd', { members: ['Spike'] }],
      ['conversationAdded', { members: ['Spike'] }],
      ['conversationRemove', { members: ['Spike'] }],
      ['conversationRemoved', { members: ['Spike'] }],
      ['conversationUpdate', { attr: { a: 1 } }],
      ['clientOffline', { peerId: 'Tom', closeCode: 1 }],
    ]);
    for (const [name, event] of events) expect([name, (await called(name)).event]).toMatchObject([name, event]);
    const { header, body } = await called('messageSent');
    const [, t = '', s] = /^t=(\d+),s=(.*)$/.exec(header ?? '') ?? [];
    expect(s).toBe(createHmac('sha1', SECRET).update(`${t}.messageSent.${body}`).digest('hex'));
    expect(errors).toEqual([]);
  });

  it('are called for the selected events only', async () => {
    const { url, calls, called } = await receiver();
    const { server } = await hooked(url, { only: ['messageSent'] });
    const tom = await login(server, 'Tom');
    await say(tom, await start(tom, ['Jerry']), { msg: 'a' });
    await called('messageSent');
    expect(calls.map(({ name }) => name)).toEqual(['messageSent']);
  });

  it('may change content, refuse, and choose members', async () => {
    const answers: Readonly<Record<string, string>> = {
      messageReceived: '{"content":"changed"}',
      messageUpdate: '{"drop":true,"code":77,"detail":"too late"}',
      conversationAdd: '{"members":["Dog"]}',
      conversationUpdate: '{"drop":false}',
      conversationStart: '{}',
    };
    const { url } = await receiver((name, response) => json(answers[name] ?? '')(name, response));
    const { server, errors } = await hooked(url);
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    const { id } = await say(tom, cid, { msg: 'a' });
    expect(await page(tom, cid)).toEqual(['changed']);
    const patches = [{ cid, mid: id, data: 'b', recall: false }];
    expect(await tom.request({ cmd: 'patch', op: 'modify', patchMessage: { patches } })).toMatchObject(
      error(4405, { appCode: 77, detail: 'too late' }),
    );
    await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Cat'] } });
    expect(
      await tom.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"a":1}' } } }),
    ).toMatchObject({
      op: 'updated',
    });
    expect(await server.backEnd.get(cid)).toMatchObject({ members: ['Tom', 'Jerry', 'Dog'], attributes: { a: 1 } });
    expect(errors).toEqual([]);
  });

  it('may replace content in bytes', async () => {
    const { url, called } = await receiver((name, response) =>
      json(name === 'messageReceived' ? '{"content":"text","bin":false}' : '')(name, response),
    );
    const { server } = await hooked(url);
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { binaryMsg: new Uint8Array([1, 2]) });
    expect((await called('messageReceived')).event).toMatchObject({ content: 'AQI=', bin: true });
    expect(await server.backEnd.history(cid)).toMatchObject([{ msg: 'text' }]);
  });
});

/** The same hook, as a function in the process and as a web hook. */
const inBothWays = async (
  name: 'conversationAdd' | 'conversationRemove' | 'conversationUpdate' | 'messageReceived',
  answer: object | boolean,
  then: (server: RtmServer, errors: readonly unknown[]) => Promise<void>,
): Promise<void> => {
  const errors: unknown[] = [];
  const onError = (failure: unknown): void => void errors.push(failure);
  await then(await serve({ hooks: { [name]: () => answer }, onError }), errors);
  const { url } = await receiver((_, response) => json(JSON.stringify(answer))(_, response));
  const web = await hooked(url, { only: [name] });
  await then(web.server, web.errors);
};

describe('an answer means the same from a function and over HTTP', () => {
  it.each([{ drop: false }, { drop: false, code: 7, detail: 'x' }, {}])('%j is no refusal', (answer) =>
    inBothWays('messageReceived', answer, async (server, errors) => {
      const tom = await login(server, 'Tom');
      await say(tom, await start(tom, ['Jerry']), { msg: 'a' });
      expect(errors).toEqual([]);
    }),
  );

  it.each([
    [{ drop: 'yes' }, /drop should be boolean/],
    [{ drop: 1 }, /drop should be boolean/],
    [{ drop: true, code: 1.5 }, /code should be/],
    [{ content: 5 }, /content should be/],
    [false, /should be ContentVerdict/],
    [[], /should be ContentVerdict/],
  ])('%j is no answer: it is reported, and the action goes ahead', (answer, words) =>
    inBothWays('messageReceived', answer, async (server, errors) => {
      const tom = await login(server, 'Tom');
      const cid = await start(tom, ['Jerry']);
      await say(tom, cid, { msg: 'a' });
      expect(await page(tom, cid)).toEqual(['a']);
      expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(words) as string })]);
    }),
  );

  it.each([[['']], [['x'.repeat(65)]], [[5]], [['Dog', '']], ['Dog']])(
    'members %j are no clients: it is reported, and those that were wanted are added',
    (members) =>
      inBothWays('conversationAdd', { members }, async (server, errors) => {
        const tom = await login(server, 'Tom');
        const cid = await start(tom, []);
        await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Cat'] } });
        expect((await server.backEnd.get(cid)).members).toEqual(['Tom', 'Cat']);
        expect(errors).toHaveLength(1);
      }),
  );

  it('a member that is named twice is added once; none may be named', async () => {
    await inBothWays('conversationAdd', { members: ['Dog', 'Dog'] }, async (server) => {
      const tom = await login(server, 'Tom');
      const cid = await start(tom, []);
      const answer = await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Cat'] } });
      expect(answer).toMatchObject({ convMessage: { allowedPids: ['Dog'] } });
    });
    await inBothWays('conversationAdd', { members: [] }, async (server, errors) => {
      const tom = await login(server, 'Tom');
      const cid = await start(tom, []);
      await tom.request({ cmd: 'conv', op: 'add', convMessage: { cid, m: ['Cat'] } });
      expect((await server.backEnd.get(cid)).members).toEqual(['Tom']);
      expect(errors).toEqual([]);
    });
  });
});

describe('web hooks that fail', () => {
  it.each<[string, (name: string, response: ServerResponse) => void, RegExp]>([
    ['with a status', json('{"drop":true}', 500), /status 500/],
    ['with something that is no JSON', json('<html>'), /not answered with JSON/],
    ['with the wrong JSON', json('{"content":5}'), /content should be string/],
    ['with JSON that is no object', json('5'), /should be ContentVerdict/],
    ['with null', json('null'), /answered with null/],
    ['with a very long text', json(`{}${' '.repeat(2 ** 20)}`), /more than 1048576 bytes/],
    [
      'with a redirect',
      (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
      /a redirect, which is not followed/,
    ],
    ['by a connection that breaks', (_, response) => response.destroy(), /fetch failed/],
  ])('%s are reported; the action continues, or is refused if so configured', async (_, answer, words) => {
    const { url } = await receiver(answer);
    const lax = await hooked(url, { only: ['messageReceived'] });
    const tom = await login(lax.server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'a' });
    expect(await page(tom, cid)).toEqual(['a']);
    expect(lax.errors).toEqual([expect.objectContaining({ message: expect.stringMatching(words) as string })]);

    const heard: unknown[] = [];
    const strict = await hooked(url, {
      only: ['messageReceived'],
      onFailure: 'refuse',
      onError: (failure) => heard.push(failure),
    });
    const jerry = await login(strict.server, 'Jerry');
    const own = await start(jerry, ['Tom']);
    expect(await jerry.request({ cmd: 'direct', directMessage: { cid: own, msg: 'a' } })).toMatchObject(
      refused(4402, { appMsg: expect.stringContaining('could not be asked') as string }),
    );
    expect(await page(jerry, own)).toEqual([]);
    expect([strict.errors.length, heard.length]).toEqual([0, 1]);
  });

  it('wait up to the timeout for an answer that never comes or never ends', async () => {
    const { url } = await receiver((name, response) => {
      if (name === 'conversationStart') response.writeHead(200).write('{');
    });
    const { server, errors } = await hooked(url, { timeout: 20, only: ['messageReceived', 'conversationStart'] });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'a' });
    expect(errors).toMatchObject([{ name: 'TimeoutError' }, { name: 'TimeoutError' }]);
  });

  it('are reported if they are only notified, in every configuration', async () => {
    const { url } = await receiver(json('', 500));
    const { server, errors, failed } = await hooked(url, {
      only: ['messageSent', 'receiversOffline'],
      onFailure: 'refuse',
    });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    await say(tom, cid, { msg: 'a' });
    await failed(2);
    expect(errors).toHaveLength(2);
    expect(await page(tom, cid)).toEqual(['a']);
  });

  it('use the given fetch and clock, and need a secret', async () => {
    const asked: [unknown, unknown][] = [];
    const hooks = webHooks({
      url: 'https://example.com/hooks',
      secret: SECRET,
      now: () => 5,
      fetch: (address, init) => {
        asked.push([address, new Headers(init?.headers).get('x-lc-hook-signature')]);
        return Promise.resolve(new Response(null, { status: 204 }));
      },
    });
    await hooks.clientOnline?.({ peerId: 'Tom', reconnect: false });
    const s = createHmac('sha1', SECRET).update('5.clientOnline.{"peerId":"Tom","reconnect":false}').digest('hex');
    expect(asked).toEqual([['https://example.com/hooks/clientOnline', `t=5,s=${s}`]]);
    expect(() => webHooks({ url: 'https://example.com', secret: '' })).toThrow(RangeError);
  });
});

describe('a request', () => {
  const body = '{"peerId":"Tom"}';
  const s = createHmac('sha1', SECRET).update(`1000.clientOnline.${body}`).digest('hex');
  const good = { secret: SECRET, hook: 'clientOnline', header: `t=1000,s=${s}`, body, now: 1_000 };

  it('is accepted with a signature of the secret and the unchanged body', () => {
    expect(verifyWebHook(good)).toBe(true);
    expect(verifyWebHook({ ...good, body: new TextEncoder().encode(body) })).toBe(true);
    expect(verifyWebHook({ ...good, now: 301_000 })).toBe(true);
    expect(verifyWebHook({ ...good, now: 1_010, maxAge: 10 })).toBe(true);
  });

  it.each<[string, Partial<typeof good> | { readonly maxAge: number } | { readonly header: undefined }]>([
    ['another secret', { secret: 'other' }],
    ['another body', { body: `${body} ` }],
    ['another hook', { hook: 'clientOffline' }],
    ['no hook', { hook: '' }],
    ['a hook that reaches into the body', { hook: 'clientOnline.{"a":"b', body: 'c"}' }],
    ['another time', { header: `t=1001,s=${s}` }],
    ['no header', { header: undefined }],
    ['an empty header', { header: '' }],
    ['no time', { header: `s=${s}` }],
    ['a signature that is too short', { header: `t=1000,s=${s.slice(1)}` }],
    ['a signature in capitals', { header: `t=1000,s=${s.toUpperCase()}` }],
    ['something behind it', { header: `t=1000,s=${s},s=${s}` }],
    ['a time that is long ago', { now: 301_001 }],
    ['a time that is to come', { now: -299_001 }],
    ['a time that is longer ago than wanted', { now: 1_011, maxAge: 10 }],
  ])('with %s is not accepted', (_, wrong) => {
    expect(verifyWebHook({ ...good, ...wrong })).toBe(false);
  });
});
