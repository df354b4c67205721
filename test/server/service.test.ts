/** What supervisors of the server ask, and how it is taken out of service. */
import { describe, expect, it } from 'vitest';
import { dial, login, serve } from './raw-client.js';
import { statsNow } from './stats-now.js';

const ask = async (url: string, path: string, method = 'GET'): Promise<readonly [number, string]> => {
  const response = await fetch(url.replace(/^ws/, 'http') + path, { method });
  return [response.status, await response.text()];
};

describe('the addresses for supervisors', () => {
  it('say that the process answers, and that it takes clients', async () => {
    const { url } = await serve();
    expect(await ask(url, '/healthz')).toEqual([200, 'ok\n']);
    expect(await ask(url, '/readyz?x=1')).toEqual([200, 'ready\n']);
    expect(await ask(url, '/readyz', 'HEAD')).toEqual([200, '']);
    expect((await ask(url, '/healthz', 'POST'))[0]).toBe(404);
  });

  it('say not ready once the server is taken out of service, while it still serves', async () => {
    const server = await serve();
    await server.drain();
    expect(await ask(server.url, '/healthz')).toEqual([200, 'ok\n']);
    expect(await ask(server.url, '/readyz')).toEqual([503, 'stopping\n']);
    await login(server, 'ann');
  });
});

describe('taking a server out of service', () => {
  it('sends clients away, and waits until they have left', async () => {
    const server = await serve();
    const client = await login(server, 'ann');
    let isDrained = false;
    const drained = server.drain({ within: 5_000 }).then(() => (isDrained = true));
    await client.push('goaway');
    expect(isDrained).toBe(false);
    client.socket.close();
    await drained;
  });

  it('does not wait longer than it was told for those that stay', async () => {
    const server = await serve();
    const client = await dial(server.url);
    await server.drain({ within: 1 });
    await client.push('goaway');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('gives load balancers time to notice it, unless the server closes', async () => {
    const server = await serve();
    const client = await dial(server.url);
    const drained = server.drain({ delay: 60_000 });
    expect(await ask(server.url, '/readyz')).toEqual([503, 'stopping\n']);
    await client.settle();
    expect(client.inbox).toEqual([]);
    await server.close();
    await drained;
  });
});

describe('requests of the application', () => {
  it('are those that the server does not serve itself', async () => {
    const { url } = await serve({
      onRequest: (request, response) => {
        if (request.url === '/broken') throw new Error('broken');
        if (request.url === '/none') return false;
        response.end(`at ${String(request.url)}`);
        return true;
      },
      onError: () => undefined,
    });
    expect(await ask(url, '/about')).toEqual([200, 'at /about']);
    expect((await ask(url, '/v1/route'))[1]).toContain('server');
    expect((await ask(url, '/none'))[0]).toBe(404);
    expect((await ask(url, '/broken'))[0]).toBe(500);
    expect((await ask(url, '/about'))[0]).toBe(200);
  });
});

describe('counts', () => {
  it('are of commands, pushes and refusals by what the server calls them', async () => {
    const server = await serve({ limits: { sendsPerMinute: 1, historyPerMinute: 0 } });
    const client = await login(server, 'ann');
    await client.request({ cmd: 'logs', logsMessage: { cid: 'none' } });
    await client.request({ cmd: 'direct', directMessage: { cid: 'none', msg: '' } });
    await client.request({ cmd: 'direct', directMessage: { cid: 'none', msg: '' } });
    const { counts } = await statsNow(server);
    expect(counts.commands).toMatchObject({ 'session/open': 1, logs: 1, direct: 2 });
    expect(counts.rateLimited).toEqual({ historyPerMinute: 1, sendsPerMinute: 1 });
    expect(counts.refusals).toMatchObject({ 4318: 1, 4116: 1 });
  });

  it('have no key that a client can choose', async () => {
    const server = await serve();
    const client = await login(server, 'secret-client');
    client.socket.send(Uint8Array.of(0x08, 0x7f));
    client.socket.send('secret text');
    await client.request({ cmd: 'conv', op: 'query', convMessage: { where: { data: '{"secret":1}' } } });
    const { counts } = await statsNow(server);
    expect(JSON.stringify(counts)).not.toContain('secret');
    expect(Object.keys(counts.refusals).every((code) => /^4\d{3}$/.test(code))).toBe(true);
  });

  it('are of calls of the store and of hooks, with their times and failures', async () => {
    const server = await serve({
      hooks: {
        conversationStart: () => Promise.reject(new Error('no')),
        messageReceived: () => ({ members: 1 }) as never,
      },
      onError: () => undefined,
    });
    const client = await login(server, 'ann');
    await client.request({ cmd: 'conv', op: 'start', convMessage: { m: ['ann'] } });
    const { counts } = await statsNow(server);
    expect(counts.hooks['conversationStart']).toMatchObject({ calls: 1, failed: 1 });
    const calls = Object.values(counts.store);
    expect(calls.length).toBeGreaterThan(0);
    for (const { calls: all, failed, ms, within } of calls) {
      expect([failed, ms >= 0]).toEqual([0, true]);
      const times = within.map(([, count]) => count);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.at(-1)).toBe(all);
    }
  });

  it('are of connections that were refused', async () => {
    const server = await serve({ limits: { connections: 1 } });
    await dial(server.url);
    expect((await ask(server.url, '/healthz'))[0]).toBe(503);
    expect((await statsNow(server)).counts.refusedConnections).toEqual({ 503: 1 });
  });
});
