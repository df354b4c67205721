/** Where `uploadTo` sends files, and what goes along. */
import { lastValueFrom, from } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { uploadTo, type UploadContext } from 'rx-realtime';
import { apiUrl } from '../../src/http-api.js';

const { signal } = new AbortController();

/** The address, and the headers, of the request; or the error. */
const sent = async (address: string | undefined, context: Partial<UploadContext>): Promise<unknown> => {
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push([url, init.headers, init.redirect]);
    return Promise.resolve(new Response('{"url":"u"}', { status: 201 }));
  });
  const upload = uploadTo(address)({ data: new Uint8Array(1), name: 'a b.txt' }, { signal, ...context });
  return lastValueFrom(from(upload)).then(
    () => asked[0],
    (error: unknown) => String(error),
  );
};

describe('uploadTo', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    [undefined, 'https://h/im/?a=1', 'https://h/im/uploads/a%20b.txt?a=1'],
    ['https://files.example/x/', 'https://h', 'https://files.example/x/uploads/a%20b.txt'],
    ['wss://h/im', 'https://h', 'https://h/im/uploads/a%20b.txt'],
    ['localhost:6400', 'https://h', 'http://localhost:6400/uploads/a%20b.txt'],
    ['http://10.0.0.1', 'http://h', 'http://10.0.0.1/uploads/a%20b.txt'],
  ])('at %s, for a session of %s, sends to %s with the token', async (address, api, url) => {
    expect(await sent(address, { api, sessionToken: 't' })).toEqual([
      url,
      { 'content-type': 'application/octet-stream', 'x-lc-im-session-token': 't' },
      'manual',
    ]);
  });

  it('never takes the token out of TLS', async () => {
    expect(await sent('http://h', { api: 'https://h', sessionToken: 't' })).toMatch(/InvalidArgument: .*https:/);
    expect(await sent('http://h', { api: 'https://h' })).toEqual([
      'http://h/uploads/a%20b.txt',
      { 'content-type': 'application/octet-stream' },
      'manual',
    ]);
  });

  it("uses the realtime's own fetch", async () => {
    const answer = { ok: true, status: 201, json: () => Promise.resolve({ url: 'mine' }) };
    const context = { signal, api: 'https://h', fetch: () => Promise.resolve(answer) };
    const upload = uploadTo()({ data: new Uint8Array(1) }, context);
    await expect(lastValueFrom(from(upload))).resolves.toMatchObject({ url: 'mine' });
  });

  it('says what is missing, or wrong, in its address', async () => {
    expect(await sent(undefined, {})).toMatch(/InvalidArgument: uploadTo: give the address/);
    expect(await sent('ftp://h', {})).toMatch(/InvalidArgument: uploadTo: the address should not begin with ftp:/);
  });
});

describe('the address of the HTTP API', () => {
  const of = (api: string | undefined, server: string | readonly string[]): string =>
    apiUrl({ appId: 'a', appKey: undefined, api, server, fetch: undefined }, '/x');

  it('is given, or that of the first server', () => {
    expect(of('https://api.example/v', 'wss://h')).toBe('https://api.example/v/x');
    expect(of(undefined, ['wss://h/im/', 'wss://b'])).toBe('https://h/im/x');
    expect(() => of(undefined, [])).toThrow('server should');
    expect(() => of('nonsense here', 'wss://h')).toThrow('api should');
  });

  it('has TLS if the server has it, except on this machine', () => {
    expect(() => of('http://api.example', 'wss://h')).toThrow('https:');
    expect(() => of('http://api.example', 'https://h')).toThrow('https:');
    expect(of('http://api.example', 'ws://h')).toBe('http://api.example/x');
    expect(of('http://localhost:3000', 'wss://h')).toBe('http://localhost:3000/x');
  });
});
