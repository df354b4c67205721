/** Uploads of files over HTTP. */
import { once } from 'node:events';
import { mkdtemp, mkdir, readdir, rm, truncate, writeFile, utimes } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RtmServer, ServerOptions } from 'rx-realtime/server';
import { storeFile } from '../../server/http/upload-directory.js';
import { dial, open, serve, settable, tokenOf } from './raw-client.js';

const httpOf = ({ url }: { readonly url: string }): string => url.replace('ws:', 'http:');

describe('files', () => {
  const directoryOf = async (): Promise<string> => {
    const directory = await mkdtemp(join(tmpdir(), 'uploads-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    return directory;
  };
  const withFiles = async (maxBytes?: number, options: ServerOptions = {}) => {
    const directory = await directoryOf();
    const server = await serve({
      uploads: { directory, ...(maxBytes === undefined ? {} : { maxBytes }) },
      ...options,
    });
    return { server, directory, http: httpOf(server), token: await tokenFrom(server) };
  };
  const tokenFrom = async ({ url }: RtmServer, clientId = 'Tom'): Promise<string> =>
    tokenOf(await open(await dial(url), clientId));
  interface Stored {
    readonly url: string;
    readonly objId: string;
    readonly metaData: { readonly name: string; readonly size: number; readonly mime_type: string };
  }
  interface Target {
    readonly http: string;
    readonly token: string;
  }
  const post = ({ http, token }: Target, name: string, body: BodyInit) =>
    fetch(`${http}/uploads/${name}`, { method: 'POST', body, headers: { 'x-lc-im-session-token': token } });
  const stored = async (target: Target, name: string, body: BodyInit): Promise<Stored> =>
    (await (await post(target, name, body)).json()) as Stored;
  /** A raw request, up to the empty line; `lines` are more lines of the header. */
  const raw = ({ port }: RtmServer, token: string, name: string, lines: string): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /uploads/${name} HTTP/1.1\r\nHost: localhost:${String(port)}\r\nX-LC-IM-Session-Token: ${token}\r\n${lines}\r\n\r\n`,
    );
    return socket;
  };

  it('are stored and served, with their type', async () => {
    const { directory, ...target } = await withFiles();
    const answer = await post(target, 'the%20cat.PNG', 'a picture');
    expect(answer.status).toBe(201);
    const { url, objId, metaData } = (await answer.json()) as Stored;
    expect(metaData).toEqual({ name: 'the cat.PNG', size: 9, mime_type: 'image/png' });
    expect(await readdir(directory)).toEqual([`${objId}.png`]);
    const served = await fetch(url);
    expect(await served.text()).toBe('a picture');
    expect(Object.fromEntries(served.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox') as string,
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
    });
  });

  it.each([
    'page.html',
    'drawing.svg',
    'code.js',
    'module.mjs',
    'style.css',
    'a.pdf',
    'a.xml',
    'a.wasm',
    'a.swf',
    'notes',
    'strange.\u{1f600}',
    'a.verylongextension',
  ])('that are no media are served as downloads without a type: %s', async (name) => {
    const target = await withFiles();
    const { url } = await stored(target, encodeURIComponent(name), 'x');
    const served = await fetch(url);
    expect([served.headers.get('content-type'), served.headers.get('content-disposition')]).toEqual([
      'application/octet-stream',
      'attachment',
    ]);
  });

  it.each([
    '..%2f..%2fevil.txt',
    '%2e%2e/%2e%2e/evil.txt',
    '..\\evil.txt',
    'a%00b.txt',
    '%ff.txt',
    '/etc/evil.txt',
    'C:%5cevil.txt',
  ])('with the name %s stay in their directory, under a generated name', async (name) => {
    const { server, directory, token } = await withFiles();
    const socket = raw(server, token, name, 'Connection: close\r\nContent-Length: 1');
    socket.write('x');
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 201 /);
    const [only = '', ...others] = await readdir(directory);
    expect(only).toMatch(/^[0-9a-f]{32}(\.txt)?$/);
    expect(others).toEqual([]);
  });

  it('over the limit are refused with 413 and leave nothing, with or without a declared length', async () => {
    const { server, directory, ...target } = await withFiles(10);
    expect((await post(target, 'a.txt', '0123456789')).status).toBe(201);
    expect((await post(target, 'a.txt', '0123456789a')).status).toBe(413);
    const socket = raw(server, target.token, 'a.txt', 'Transfer-Encoding: chunked');
    // The last chunk never arrives: the server refuses without waiting for it.
    socket.write('b\r\n0123456789a\r\n');
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('leave nothing if the first of their content is refused, before the file has been made', async () => {
    const directory = await directoryOf();
    // So many that some are removed by one thread while another one makes them.
    const ids = Array.from({ length: 200 }, (_, n) => String(n).padStart(32, '0'));
    const refused = ids.map((id) => storeFile(directory, { id, name: id }, () => Promise.reject(new Error('no'))));
    for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected');
    expect(await readdir(directory)).toEqual([]);
  });

  it.each(['nothing', '..%2fpackage.json', '%2e%2e/package.json', `${'0'.repeat(32)}.png`])(
    'that do not exist give 404: %s',
    async (name) => {
      const { http } = await withFiles();
      expect((await fetch(`${http}/uploads/${name}`)).status).toBe(404);
      expect((await fetch(`${http}/uploads/${name}`, { method: 'HEAD' })).status).toBe(404);
    },
  );

  it('whose sender disconnects leave nothing, and are not reported as an error of the server', async () => {
    const errors: unknown[] = [];
    const { server, directory, token } = await withFiles(undefined, { onError: (failure) => errors.push(failure) });
    const socket = raw(server, token, 'a.txt', 'Content-Length: 10');
    socket.write('01234');
    await expect.poll(() => readdir(directory)).toEqual([expect.stringMatching(/\.part$/)]);
    socket.destroy();
    await expect.poll(() => readdir(directory)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('that cannot be stored give 500, and the failure is reported', async () => {
    const errors: unknown[] = [];
    const { directory, ...target } = await withFiles(undefined, { onError: (failure) => errors.push(failure) });
    await rm(directory, { recursive: true });
    await writeFile(directory, 'a file is where the directory should be');
    expect((await post(target, 'a.txt', 'x')).status).toBe(500);
    expect(errors).toMatchObject([{ code: 'EEXIST' }]);
  });

  it.each([
    ['nothing', {}],
    ['a token of nobody', { 'x-lc-im-session-token': 'nobody' }],
    ['a wrong master key', { 'x-lc-id': 'app', 'x-lc-key': 'wrong,master' }],
    ['the key without its mark', { 'x-lc-id': 'app', 'x-lc-key': 'key' }],
    ['the key of another application', { 'x-lc-id': 'other', 'x-lc-key': 'key,master' }],
  ])('need the token of a session, or the master key; refused with 401: %s', async (_, headers) => {
    const directory = await directoryOf();
    const server = await serve({ appId: 'app', masterKey: 'key', uploads: { directory } });
    const to = `${httpOf(server)}/uploads/a.txt`;
    expect((await fetch(to, { method: 'POST', body: 'x', headers })).status).toBe(401);
    expect(await readdir(directory)).toEqual([]);
    const byBackEnd = { 'x-lc-id': 'app', 'x-lc-key': 'key,master' };
    expect((await fetch(to, { method: 'POST', body: 'x', headers: byBackEnd })).status).toBe(201);
  });

  it('are not taken from a client that was kicked', async () => {
    const { server, ...target } = await withFiles();
    await server.kick('Tom');
    expect((await post(target, 'a.txt', 'x')).status).toBe(401);
  });

  it('of one client are bounded by number and bytes for a day; others go on', async () => {
    const clock = settable(Date.UTC(2030, 0, 1));
    const limits = { uploadsPerDay: 3, uploadBytesPerDay: 10 };
    const { server, ...tom } = await withFiles(100, { clock, limits, onError: () => undefined });
    const jerry = { ...tom, token: await tokenFrom(server, 'Jerry') };
    expect((await post(tom, 'a.txt', '01234567')).status).toBe(201);
    expect((await post(tom, 'a.txt', '0123')).status).toBe(429);
    expect((await post(jerry, 'a.txt', '0123')).status).toBe(201);
    expect((await post(tom, 'a.txt', '0')).status).toBe(201);
    expect((await post(tom, 'a.txt', '0')).status).toBe(429);
    clock.set(Date.UTC(2030, 0, 2));
    expect((await post(tom, 'a.txt', '01234567')).status).toBe(201);
  });

  it('are bounded in all, by number and bytes; what was there before counts, what was refused does not', async () => {
    const directory = await directoryOf();
    await writeFile(join(directory, `${'0'.repeat(32)}.png`), '0123');
    await writeFile(join(directory, 'of-somebody-else.png'), '0'.repeat(1_000));
    const server = await serve({ uploads: { directory, maxBytes: 20 }, limits: { uploads: 3, uploadBytes: 20 } });
    const target = { http: httpOf(server), token: await tokenFrom(server) };
    expect((await post(target, 'a.txt', '0'.repeat(17))).status).toBe(507);
    expect((await post(target, 'a.txt', '0'.repeat(10))).status).toBe(201);
    expect((await post(target, 'a.txt', '0123')).status).toBe(201);
    expect((await post(target, 'a.txt', '')).status).toBe(507);
  });

  it('that a killed process has left unfinished are deleted at the start, those of a living one are not', async () => {
    const directory = await directoryOf();
    const [dead, old, own] = [
      `${'1'.repeat(32)}.4194304.part`,
      `${'2'.repeat(32)}.part`,
      `${'3'.repeat(32)}.${String(process.pid)}.part`,
    ];
    const alive = `${'4'.repeat(32)}.${String(process.ppid)}.part`;
    await mkdir(join(directory, 'kept.part'));
    // Of another machine, where a process of this id may live.
    const [elsewhere, longAgo] = [`${'5'.repeat(32)}.00c0ffee.4194304.part`, `${'6'.repeat(32)}.00c0ffee.1.part`];
    for (const name of [dead, old, own, alive, elsewhere, longAgo, 'a.part', 'kept.txt'])
      await writeFile(join(directory, name), 'x');
    await utimes(join(directory, longAgo), 1, 1);
    const first = await serve({ uploads: { directory } });
    const target = { http: httpOf(first), token: await tokenFrom(first) };
    const { objId } = await stored(target, 'a.txt', 'x');
    expect((await readdir(directory)).sort()).toEqual(
      [alive, elsewhere, 'a.part', 'kept.part', 'kept.txt', `${objId}.txt`].sort(),
    );
    const socket = raw(first, target.token, 'a.txt', 'Content-Length: 2');
    socket.write('x');
    const parts = async (): Promise<readonly string[]> =>
      (await readdir(directory)).filter((name) => name.includes(String(process.pid)));
    await expect.poll(parts).toHaveLength(1);
    const second = await serve({ uploads: { directory } });
    await stored({ http: httpOf(second), token: await tokenFrom(second) }, 'b.txt', 'x');
    expect(await parts()).toHaveLength(1);
    socket.destroy();
  });

  describe('can be read in part', () => {
    const content = '0123456789';
    const file = async () => {
      const { url } = await stored(await withFiles(), 'a.mp4', content);
      return (headers: Record<string, string>, method = 'GET') => fetch(url, { method, headers });
    };

    it.each([
      ['bytes=0-3', '0123', '0-3'],
      ['bytes=7-', '789', '7-9'],
      ['bytes=-2', '89', '8-9'],
      ['bytes=-99', content, '0-9'],
      ['bytes=5-99', '56789', '5-9'],
      ['bytes=9-9', '9', '9-9'],
      ['Bytes = 0 - 0', '0', '0-0'],
    ])('%s gives %s', async (range, part, positions) => {
      const response = await (await file())({ range });
      expect([response.status, await response.text()]).toEqual([206, part]);
      expect(response.headers.get('content-range')).toBe(`bytes ${positions}/10`);
      expect(response.headers.get('content-length')).toBe(String(part.length));
      expect(response.headers.get('content-type')).toBe('video/mp4');
    });

    it.each([
      'bytes=0-1,3-4',
      'bytes=5-3',
      'bytes=-',
      'bytes=a-b',
      'lines=0-1',
      'bytes=0x1-2',
      `bytes=${'9'.repeat(99)}-`,
    ])('the whole file is the answer to %s', async (range) => {
      const response = await (await file())({ range });
      expect([response.status, await response.text()]).toEqual([200, content]);
    });

    it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])(
      '416 is the answer to %s, which lies beyond the end',
      async (range) => {
        const response = await (await file())({ range });
        expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
      },
    );

    it('HEAD has the same headers and no content', async () => {
      const ask = await file();
      const response = await ask({ range: 'bytes=0-3' }, 'HEAD');
      expect([response.status, await response.text(), response.headers.get('content-length')]).toEqual([200, '', '10']);
    });

    it('with If-Range, only if the file is still the same', async () => {
      const ask = await file();
      const etag = (await ask({}, 'HEAD')).headers.get('etag') ?? '';
      expect((await ask({ range: 'bytes=0-3', 'if-range': etag })).status).toBe(206);
      expect((await ask({ range: 'bytes=0-3', 'if-range': '"another"' })).status).toBe(200);
    });

    it('with If-None-Match, 304 if the file is known', async () => {
      const ask = await file();
      const etag = (await ask({}, 'HEAD')).headers.get('etag') ?? '';
      for (const list of [etag, `"other", W/${etag}`, '*']) {
        const response = await ask({ 'if-none-match': list });
        expect([response.status, await response.text()]).toEqual([304, '']);
      }
      expect((await ask({ 'if-none-match': '"another"' })).status).toBe(200);
    });

    it('an empty file has no part', async () => {
      const { url } = await stored(await withFiles(), 'a.mp4', '');
      expect((await fetch(url)).status).toBe(200);
      expect((await fetch(url, { headers: { range: 'bytes=0-' } })).status).toBe(416);
    });
  });

  it('that stand still are ended: an upload is refused with 408, and leaves nothing', async () => {
    const { server, directory, token } = await withFiles(undefined, { limits: { stallTimeout: 50 } });
    const socket = raw(server, token, 'a.txt', 'Content-Length: 10');
    socket.write('0');
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /);
    await expect.poll(() => readdir(directory)).toEqual([]);
  });

  it('that trickle are ended when the time for a whole upload is over', async () => {
    const { server, directory, token } = await withFiles(undefined, { limits: { transferTimeout: 100 } });
    const socket = raw(server, token, 'a.txt', 'Content-Length: 100');
    const trickle = setInterval(() => socket.write('0'), 20);
    socket.once('close', () => {
      clearInterval(trickle);
    });
    expect(await readAll(socket).catch(() => 'HTTP/1.1 408 ')).toMatch(/^HTTP\/1\.1 408 /);
    await expect.poll(() => readdir(directory)).toEqual([]);
  });

  it('whose receiver stands still are ended', async () => {
    const directory = await directoryOf();
    const name = `${'0'.repeat(32)}.mp4`;
    await writeFile(join(directory, name), '');
    await truncate(join(directory, name), 30_000_000);
    const limits = { stallTimeout: 100, connectionsByAddress: 1 };
    const { port } = await serve({ uploads: { directory }, limits });
    const ask = (path: string): Socket => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      return socket;
    };
    const socket = ask(`/uploads/${name}`);
    await once(socket, 'readable');
    // The only connection is taken, until the server ends it.
    await expect.poll(() => readAll(ask('/'))).toMatch(/^HTTP\/1\.1 404 /);
    let total = 0;
    for await (const chunk of socket) total += (chunk as Buffer).length;
    expect(total).toBeLessThan(30_000_000);
  });

  it('may be sent by pages of other origins', async () => {
    const { http } = await withFiles();
    const preflight = await fetch(`${http}/uploads/a.txt`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('POST') as string,
      'access-control-allow-headers': expect.stringContaining('content-type') as string,
    });
  });

  it('are refused if the server has no directory for them', async () => {
    const server = await serve();
    const target = { http: httpOf(server), token: await tokenFrom(server) };
    expect((await post(target, 'a.txt', 'x')).status).toBe(404);
  });
});
