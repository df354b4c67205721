/** What people write as an address, and the addresses that follow from it. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { firstValueFrom } from 'rxjs';
import { createRealtime } from 'rx-realtime';
import { httpUrl, readAddress, socketUrl } from '../../src/connection/address.js';
import { apiUrl } from '../../src/http-api.js';

/** Socket, router and API. */
const all = (text: string): readonly [string, string, string] => {
  const address = readAddress('server', text);
  const api = { appId: 'a', appKey: undefined, api: undefined, server: text, fetch: undefined };
  return [socketUrl(address), httpUrl(address, '/v1/route?appId=a'), apiUrl(api, '/1.1/rtm/sign')];
};

describe('an address', () => {
  it.each([
    ['ws://h', 'ws://h/', 'http://h'],
    ['ws://h/', 'ws://h/', 'http://h'],
    ['wss://h:8443', 'wss://h:8443/', 'https://h:8443'],
    ['WSS://Chat.Example.COM/Im', 'wss://chat.example.com/Im', 'https://chat.example.com/Im'],
    ['http://h', 'ws://h/', 'http://h'],
    ['https://h/im/', 'wss://h/im/', 'https://h/im'],
    ['https://h/im/v1/route', 'wss://h/im', 'https://h/im'],
    ['https://h/im/v1/route/', 'wss://h/im/', 'https://h/im'],
    ['ws://h/v1/route', 'ws://h/v1/route', 'http://h/v1/route'],
    ['wss://h/a//b//', 'wss://h/a//b/', 'https://h/a//b'],
    ['wss://h/@me/p%20q', 'wss://h/@me/p%20q', 'https://h/@me/p%20q'],
    ['wss://h?', 'wss://h/', 'https://h'],
    ['wss://h/#/chat', 'wss://h/', 'https://h'],
    ['  wss://h\n', 'wss://h/', 'https://h'],
    ['h', 'wss://h/', 'https://h'],
    ['chat.example.com:443/im', 'wss://chat.example.com:443/im', 'https://chat.example.com:443/im'],
    ['//h/im', 'wss://h/im', 'https://h/im'],
    ['localhost', 'ws://localhost/', 'http://localhost'],
    ['localhost:6400/im/', 'ws://localhost:6400/im/', 'http://localhost:6400/im'],
    ['localhost.evil.example', 'wss://localhost.evil.example/', 'https://localhost.evil.example'],
    ['127.0.0.1:6400', 'ws://127.0.0.1:6400/', 'http://127.0.0.1:6400'],
    ['127.evil.example', 'wss://127.evil.example/', 'https://127.evil.example'],
    ['10.0.0.1:6400', 'wss://10.0.0.1:6400/', 'https://10.0.0.1:6400'],
    ['[::1]:6400', 'ws://[::1]:6400/', 'http://[::1]:6400'],
    ['ws://[::1]', 'ws://[::1]/', 'http://[::1]'],
    ['wss://[2001:DB8::1]:8443/im', 'wss://[2001:db8::1]:8443/im', 'https://[2001:db8::1]:8443/im'],
    ['ws://[::ffff:127.0.0.1]:1', 'ws://[::ffff:127.0.0.1]:1/', 'http://[::ffff:127.0.0.1]:1'],
    ['ws://h:', 'ws://h/', 'http://h'],
    ['ws://h:0080', 'ws://h:80/', 'http://h:80'],
    ['wss://例え.jp/チャット', 'wss://例え.jp/チャット', 'https://例え.jp/チャット'],
    ['wss://my_host-1.', 'wss://my_host-1./', 'https://my_host-1.'],
  ])('%j leads to the socket %j and to HTTP below %j', (text, socket, http) => {
    expect(all(text)).toEqual([socket, `${http}/v1/route?appId=a`, `${http}/1.1/rtm/sign`]);
  });

  it('keeps its query: for a socket as it is, for HTTP before what is asked', () => {
    expect(all('wss://h/im/?a=1&b=/x?y')).toEqual([
      'wss://h/im/?a=1&b=/x?y',
      'https://h/im/v1/route?a=1&b=/x?y&appId=a',
      'https://h/im/1.1/rtm/sign?a=1&b=/x?y',
    ]);
  });

  it.each([
    ['', 'be an address'],
    ['   ', 'be an address'],
    ['my server', 'no spaces'],
    ['ws://h/a b', 'no spaces'],
    ['ws://h\t.evil', 'no spaces'],
    ['ws:\\\\h', 'backslashes'],
    ['wss://good\\@evil', 'backslashes'],
    ['ftp://h', 'not begin with ftp:'],
    ['file:///etc/passwd', 'not begin with file:'],
    ['wsx://h', 'not begin with wsx:'],
    ['wss://tom:secret@h', 'no user name'],
    ['https://secret@h', 'no user name'],
    ['tom:secret@h', 'no user name'],
    ['ws:h', 'have a host'],
    ['ws:/h', 'have a host'],
    ['http:', 'have a host'],
    ['ws://', 'have a host'],
    ['ws:///im', 'have a host'],
    ['/im', 'have a host'],
    ['?a=1', 'have a host'],
    ['javascript:alert(1)', 'have a host'],
    ['ws://:6400', 'have a host'],
    ['ws://%68', 'have a host'],
    ['ws://a<b', 'have a host'],
    ['ws://999.1.1.1', 'have a host'],
    ['ws://1.2.3', 'have a host'],
    ['ws://1.2.3.04', 'have a host'],
    ['ws://a.0x7f', 'have a host'],
    ['ws://[::1', 'have a host'],
    ['ws://::1]', 'in brackets'],
    ['ws://[]', 'have a host'],
    ['ws://[1:2]', 'have a host'],
    ['ws://[::1::]', 'have a host'],
    ['ws://[1:2:3:4:5:6:7:8:9]', 'have a host'],
    ['ws://[:::]', 'have a host'],
    ['ws://[::1.2.3.400]', 'have a host'],
    ['ws://[fe80::1%eth0]', 'have a host'],
    ['ws://[::g]', 'have a host'],
    ['ws://::1:6400', 'in brackets'],
    ['::1', 'in brackets'],
    ['ws://h:0', 'port from 1'],
    ['ws://h:65536', 'port from 1'],
    ['ws://h:8o', 'have a host'],
  ])('%j is refused, and the error says what is wrong: %s', (text, problem) => {
    let message = '';
    try {
      readAddress('api', text);
    } catch (error) {
      message = String(error);
      expect(error).toHaveProperty('_tag', 'InvalidArgument');
    }
    expect(message).toMatch(/^InvalidArgument: api should /);
    expect(message).toContain(problem);
    expect(message).not.toContain('secret');
  });

  it.each([7, null, undefined, {}, [], 1n])('%s is refused', (text) => {
    expect(() => readAddress('server', text)).toThrow('be an address');
  });

  const label = fc.stringMatching(/^[a-z][a-z\d]{0,8}$/);
  const written = fc.record({
    scheme: fc.constantFrom('ws://', 'wss://', 'http://', 'https://', 'WSS://', 'HtTp://', '//', ''),
    host: fc.oneof(
      fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.')),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      fc.constantFrom('localhost', '[::1]', '127.0.0.1'),
    ),
    port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
    path: fc.array(label, { maxLength: 3 }).map((parts) => parts.map((part) => `/${part}`).join('')),
    slash: fc.boolean(),
    query: fc.option(
      fc.tuple(label, label).map((pair) => pair.join('=')),
      { nil: undefined },
    ),
  });

  it('is read the same way again from what was made of it; TLS, path and query are kept', () => {
    fc.assert(
      fc.property(written, ({ scheme, host, port, path, slash, query }) => {
        const text = [
          scheme,
          host,
          port === undefined ? '' : `:${String(port)}`,
          path,
          slash ? '/' : '',
          query === undefined ? '' : `?${query}`,
        ].join('');
        const [socket, router, api] = all(text);
        expect(all(socket)[0]).toBe(socket);
        expect(all(httpUrl(readAddress('', text), ''))[2]).toBe(api);
        const { isSecure } = readAddress('server', text);
        if (/^(?:wss|https):/i.test(text)) expect(isSecure).toBe(true);
        for (const made of [socket, router, api]) {
          expect(/^(?:wss|https):/.test(made)).toBe(isSecure);
          expect(made).toContain(path);
          expect(made).toContain(query ?? '');
          expect(new URL(made).pathname.startsWith(path === '' ? '/' : path)).toBe(true);
        }
      }),
    );
  });

  it('that is refused never is one that leads elsewhere for a platform: what passes, a URL reads alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ws:/h@[]?#\\ .1%a\t')) }), (text) => {
        let address;
        try {
          address = readAddress('server', `ws://${text}`);
        } catch {
          return;
        }
        const url = new URL(socketUrl(address));
        expect(url.host).toBe(new URL(`ws://${address.authority}`).host);
        expect([url.username, url.password]).toEqual(['', '']);
      }),
    );
  });
});

describe('without a usable URL on the platform', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    ['no URL at all', undefined],
    [
      'a URL that throws',
      function Missing() {
        throw new Error('not implemented');
      },
    ],
  ])('addresses are read all the same: %s', (_, stub) => {
    vi.stubGlobal('URL', stub);
    expect(all('wss://h/im/?a=1')).toEqual([
      'wss://h/im/?a=1',
      'https://h/im/v1/route?a=1&appId=a',
      'https://h/im/1.1/rtm/sign?a=1',
    ]);
    expect(() => readAddress('server', 'my server')).toThrow('no spaces');
  });
});

it('a login at an address that can not work fails at once, with the reason', async () => {
  for (const server of ['ws://::1:6400', 'my server', 'ftp://h', []]) {
    using realtime = createRealtime({ appId: 'app', server });
    await expect(firstValueFrom(realtime.login('Tom'))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      what: expect.stringMatching(/^server should /) as string,
    });
  }
});
