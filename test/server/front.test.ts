/** The addresses that the server gives to clients, and the address by which it counts a client. */
import { EventEmitter, once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createServer } from 'rx-realtime/server';
import { countedAs, createFront, type FrontOptions } from '../../server/http/front.js';
import { withoutPrefix } from '../../server/http/listener.js';
import { perMinute } from '../../server/http/per-minute.js';
import { serve, settable } from './raw-client.js';

/** The answer to a request that names a host. */
const asked = async (url: string, host: string): Promise<readonly [IncomingMessage['headers'], string]> => {
  const [response] = (await once(get(url, { headers: { host } }), 'response')) as [IncomingMessage];
  return [response.headers, await readAll(response)];
};

const front = (options: Partial<FrontOptions> = {}) =>
  createFront({ listening: () => 'ws://127.0.0.1:6400', ...options });
const request = (headers: Record<string, string>, remoteAddress = '10.0.0.1'): IncomingMessage =>
  Object.assign(new EventEmitter(), { headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

const forwarded = {
  host: 'inside:6400',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'chat.example.com',
  'x-forwarded-prefix': '/im/',
  'x-forwarded-for': '9.9.9.9',
};

describe('the address of the server', () => {
  it('is the host of the request; with TLS if the client has asked for it with TLS', () => {
    const { socketUrl, httpUrl } = front();
    expect(socketUrl(request({ host: 'h:1' }), false)).toBe('ws://h:1');
    expect(socketUrl(request({ host: 'h:1' }), true)).toBe('wss://h:1');
    expect(httpUrl(request({ host: '[::1]:1' }), '/uploads/a')).toBe('http://[::1]:1/uploads/a');
  });

  it.each([
    '',
    'a b',
    'a/b',
    'a?b',
    'a#b',
    'u@h',
    'h:x',
    '"><script>',
    'a\\b',
    '[::1',
    'h:123456',
    'h'.repeat(300),
    '-h',
  ])('is the one that it listens on if the host of the request can not be one: %j', (host) => {
    expect(front().socketUrl(request({ host }), false)).toBe('ws://127.0.0.1:6400');
    expect(front().httpUrl(request({ host }), '/x')).toBe('http://127.0.0.1:6400/x');
  });

  it('is what a trusted proxy says, and nobody else', () => {
    const { socketUrl, httpUrl } = front({ trustedProxies: ['10.0.0.0/8'] });
    expect(socketUrl(request(forwarded), false)).toBe('wss://chat.example.com/im/');
    expect(httpUrl(request(forwarded), '/uploads/a')).toBe('https://chat.example.com/im/uploads/a');
    for (const stranger of ['11.0.0.1', '::1']) {
      expect(socketUrl(request(forwarded, stranger), false)).toBe('ws://inside:6400');
      expect(httpUrl(request(forwarded, stranger), '/x')).toBe('http://inside:6400/x');
    }
    expect(front().socketUrl(request(forwarded), false)).toBe('ws://inside:6400');
  });

  it.each([
    [{ 'x-forwarded-host': 'evil/"' }, 'wss://inside:6400/im/'],
    [{ 'x-forwarded-host': 'a.example, b.example' }, 'wss://a.example/im/'],
    [{ 'x-forwarded-prefix': '/"><script>' }, 'wss://chat.example.com'],
    [{ 'x-forwarded-prefix': '//evil.example' }, 'wss://chat.example.com'],
    [{ 'x-forwarded-prefix': '/' }, 'wss://chat.example.com'],
    [{ 'x-forwarded-prefix': '/a/b' }, 'wss://chat.example.com/a/b/'],
    [{ 'x-forwarded-proto': 'http' }, 'ws://chat.example.com/im/'],
    [{ 'x-forwarded-proto': 'WSS' }, 'wss://chat.example.com/im/'],
    [{ 'x-forwarded-proto': 'gopher' }, 'ws://chat.example.com/im/'],
  ])('leaves out what can not be right in a header of forwarding: %j', (headers, url) => {
    expect(front({ trustedProxies: ['10.0.0.1'] }).socketUrl(request({ ...forwarded, ...headers }), false)).toBe(url);
  });

  it.each([
    ['https://chat.example.com', 'wss://chat.example.com', 'https://chat.example.com/x', ''],
    ['wss://chat.example.com/im/', 'wss://chat.example.com/im/', 'https://chat.example.com/im/x', '/im'],
    ['HTTPS://Chat.example.com:443/im', 'wss://chat.example.com/im', 'https://chat.example.com/im/x', '/im'],
    ['http://127.0.0.1:8080', 'ws://127.0.0.1:8080', 'http://127.0.0.1:8080/x', ''],
    ['ws://[::1]:8080', 'ws://[::1]:8080', 'http://[::1]:8080/x', ''],
  ])('is always the public one if there is one: %s', (publicUrl, socket, http, prefix) => {
    const made = front({ publicUrl, trustedProxies: ['0.0.0.0/0'] });
    for (const headers of [forwarded, { host: 'evil.example' }, {}]) {
      expect(made.socketUrl(request(headers), true)).toBe(socket);
      expect(made.httpUrl(request(headers), '/x')).toBe(http);
    }
    expect(made.prefix).toBe(prefix);
  });

  it.each([
    '',
    'chat.example.com',
    'ftp://h',
    'https:',
    'https:///x',
    'https://u:p@h',
    'https://h?x=1',
    'https://h#x',
    '//h',
    'https://a b',
  ])('can not be %j: the server does not start', async (publicUrl) => {
    await expect(createServer({ publicUrl })).rejects.toThrow(/^publicUrl: /);
  });

  it.each(['', 'proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', '::1/129', '10.0.0.0/-1', '*'])(
    'can not come from a proxy %j: the server does not start',
    async (proxy) => {
      await expect(createServer({ trustedProxies: ['127.0.0.1', proxy] })).rejects.toThrow(/^trustedProxies: /);
    },
  );

  it('is given with public paths left out or not', () => {
    for (const [url, rest] of [
      ['/im/v1/route?a', '/v1/route?a'],
      ['/im', '/'],
      ['/im?a', '/?a'],
      ['/v1/route', '/v1/route'],
      ['/image/x', '/image/x'],
      ['', ''],
    ] as const)
      expect(withoutPrefix(url, '/im')).toBe(rest);
    expect(withoutPrefix('/x', '')).toBe('/x');
  });

  it('of a running server: the router and the paths below a public path', async () => {
    const server = await serve({ publicUrl: 'https://chat.example.com/im/' });
    for (const path of ['/v1/route', '/im/v1/route']) {
      const [headers, answer] = await asked(`http://127.0.0.1:${server.port}${path}?appId=a`, 'evil.example');
      expect(answer).toContain('"server":"wss://chat.example.com/im/"');
      expect(headers['cache-control']).toBe('no-store');
      expect(answer).not.toContain('evil');
    }
  });
});

describe('the address of a client', () => {
  const address = (
    chain: string,
    remote = '10.0.0.1',
    trustedProxies: readonly string[] = ['10.0.0.0/8', 'fd00::/8'],
  ) => front({ trustedProxies }).clientAddress(request({ 'x-forwarded-for': chain }, remote));

  it.each([
    ['9.9.9.9', '10.0.0.1', '9.9.9.9'],
    ['1.1.1.1, 9.9.9.9', '10.0.0.1', '9.9.9.9'],
    ['1.1.1.1, 9.9.9.9, 10.0.0.2', '10.0.0.1', '9.9.9.9'],
    ['1.1.1.1, nonsense', '10.0.0.1', '10.0.0.1'],
    ['1.1.1.1, nonsense, 10.0.0.2', '10.0.0.1', '10.0.0.2'],
    ['9.9.9.9:1234', '10.0.0.1', '9.9.9.9'],
    ['[2001:db8::1]:1234', '10.0.0.1', '2001:db8::1'],
    ['2001:db8::1', 'fd00::1', '2001:db8::1'],
    ['9.9.9.9', '::ffff:10.0.0.1', '9.9.9.9'],
    ['9.9.9.9', 'fd00::1%eth0', '9.9.9.9'],
    ['9.9.9.9', '8.8.8.8', '8.8.8.8'],
    ['9.9.9.9', '::ffff:8.8.8.8', '8.8.8.8'],
    ['', '10.0.0.1', '10.0.0.1'],
  ])('of "%s" by %s is %s', (chain, remote, expected) => {
    expect(address(chain, remote)).toBe(expected);
  });

  it('is never one that only the client itself has written', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())), fc.ipV4(), (written, real) => {
        fc.pre(!real.startsWith('10.'));
        expect(address([...written, real].join(','))).toBe(real);
      }),
    );
  });

  it('counts as its network of 64 bits if it is one of IPv6', () => {
    for (const [text, network] of [
      ['9.9.9.9', '9.9.9.9'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
      ['2001:0DB8:1:2::9', '2001:db8:1:2'],
      ['2001:db8::1', '2001:db8:0:0'],
      ['::1', '0:0:0:0'],
      ['', ''],
    ] as const)
      expect(countedAs(text)).toBe(network);
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(countedAs(text)).toMatch(/^[\da-f]{1,4}(?::[\da-f]{1,4}){3}$/);
      }),
    );
  });
});

it('what happens too often in a minute is counted for each key, in bounded memory', () => {
  const clock = settable(0);
  const isWithin = perMinute(2, clock);
  expect([isWithin('a'), isWithin('a'), isWithin('a'), isWithin('b')]).toEqual([true, true, false, true]);
  clock.set(60_000);
  expect(isWithin('a')).toBe(true);
  for (let key = 0; key < 100_000; key += 1) isWithin(String(key));
  expect([isWithin('new'), isWithin('newer'), isWithin('newest')].at(-1)).toBe(false);
});
