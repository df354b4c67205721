/** What the server answers over HTTP: signatures for users, and files. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dial, open, serve, settable } from './raw-client.js';

const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });
const httpOf = ({ url }: { readonly url: string }): string => url.replace('ws:', 'http:');

describe('signatures', () => {
  const options = {
    masterKey: 'key',
    authenticate: (token: string) => (token === 'good' ? 'Tom' : undefined),
  };
  const ask = (server: { readonly url: string }, body: string, headers: Record<string, string> = { 'x-lc-id': 'app' }) =>
    fetch(`${httpOf(server)}/1.1/rtm/sign`, { method: 'POST', headers, body });
  interface Signed {
    readonly signature: string;
    readonly timestamp: number;
    readonly nonce: string;
    readonly clientId: string;
  }
  const signed = async (server: { readonly url: string }): Promise<Signed> =>
    (await (await ask(server, '{"session_token":"good"}')).json()) as Signed;

  it('are given for session tokens that the application knows, and open a session once', async () => {
    const server = await serve(options);
    const { signature: s, timestamp: t, nonce: n, clientId } = await signed(server);
    expect(clientId).toBe('Tom');
    expect(await open(await dial(server.url), 'Tom', { s, t, n })).toMatchObject({ op: 'opened' });
    expect(await open(await dial(server.url), 'Tom', { s, t, n })).toMatchObject(error(4102));
  });

  it('are good for the client and the application that they were made for, and for six hours', async () => {
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
    const { createHmac } = await import('node:crypto');
    const server = await serve({ masterKey: 'key', clock: settable(1_700_000_000_000) });
    const s = createHmac('sha1', 'key').update('app:Tom::1700000000:n').digest('hex');
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

  it('are not to be had where the application authenticates nobody; one that fails is a 500, and reported', async () => {
    expect((await ask(await serve(), '{"session_token":"good"}')).status).toBe(404);
    const errors: unknown[] = [];
    const broken = new Error('no database');
    const failing = await serve({ authenticate: () => Promise.reject(broken), onError: (failure) => errors.push(failure) });
    expect((await ask(failing, '{"session_token":"good"}')).status).toBe(500);
    expect(errors).toEqual([broken]);
  });

  it('may be asked for by pages of other origins', async () => {
    const preflight = await fetch(`${httpOf(await serve(options))}/1.1/rtm/sign`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('files', () => {
  const withFiles = async (maxBytes?: number) => {
    const directory = await mkdtemp(join(tmpdir(), 'uploads-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const server = await serve({ uploads: { directory, ...(maxBytes === undefined ? {} : { maxBytes }) } });
    return { server, directory, http: httpOf(server) };
  };
  interface Stored {
    readonly url: string;
    readonly objId: string;
    readonly metaData: { readonly name: string; readonly size: number; readonly mime_type: string };
  }
  const post = (http: string, name: string, body: BodyInit) => fetch(`${http}/uploads/${name}`, { method: 'POST', body });

  it('are stored and served, with their type', async () => {
    const { http, directory } = await withFiles();
    const answer = await post(http, 'the%20cat.PNG', 'a picture');
    expect(answer.status).toBe(201);
    const stored = (await answer.json()) as Stored;
    expect(stored.metaData).toEqual({ name: 'the cat.PNG', size: 9, mime_type: 'image/png' });
    expect(await readdir(directory)).toEqual([`${stored.objId}.png`]);
    const served = await fetch(stored.url);
    expect(await served.text()).toBe('a picture');
    expect(Object.fromEntries(served.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
    });
  });

  it.each([
    ['page.html', 'text/html'],
    ['drawing.svg', 'image/svg+xml'],
    ['notes', 'application/octet-stream'],
    ['strange.\u{1f600}', 'application/octet-stream'],
    ['a.verylongextension', 'application/octet-stream'],
  ])('that could run in a page are downloads: %s', async (name, type) => {
    const { http } = await withFiles();
    const { url } = (await (await post(http, encodeURIComponent(name), 'x')).json()) as Stored;
    const served = await fetch(url);
    expect([served.headers.get('content-type'), served.headers.get('content-disposition')]).toEqual([type, 'attachment']);
  });

  it.each(['..%2f..%2fevil.txt', '%2e%2e/%2e%2e/evil.txt', '..\\evil.txt', 'a%00b.txt', '%ff.txt', '/etc/evil.txt', 'C:%5cevil.txt'])(
    'with the name %s stay in their directory, under a name of ours',
    async (name) => {
      const { server, directory } = await withFiles();
      const { port } = server;
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /uploads/${name} HTTP/1.1\r\nHost: localhost:${String(port)}\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx`);
      expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 201 /);
      const [stored = '', ...others] = await readdir(directory);
      expect(stored).toMatch(/^[0-9a-f]{32}(\.txt)?$/);
      expect(others).toEqual([]);
    },
  );

  it('over the bound are refused with 413 and leave nothing, whether they say how long they are or not', async () => {
    const { http, directory } = await withFiles(10);
    expect((await post(http, 'a.txt', '0123456789')).status).toBe(201);
    expect((await post(http, 'a.txt', '0123456789a')).status).toBe(413);
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('0123456789a'));
        controller.close();
      },
    });
    const streamed = await fetch(`${http}/uploads/a.txt`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit).then(
      ({ status }) => status,
      () => 413,
    );
    expect(streamed).toBe(413);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it.each(['nothing', '..%2fpackage.json', '%2e%2e/package.json', `${'0'.repeat(32)}.png`])(
    'that do not exist are 404: %s',
    async (name) => {
      const { http } = await withFiles();
      expect((await fetch(`${http}/uploads/${name}`)).status).toBe(404);
    },
  );

  it('are not taken where there is no directory for them', async () => {
    expect((await post(httpOf(await serve()), 'a.txt', 'x')).status).toBe(404);
  });
});
