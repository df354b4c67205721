/** How the vendor's storage SDKs upload the file of a message. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RtmServer, ServerOptions } from 'rx-realtime/server';
import { serve, settable } from '../raw-client.js';
import { callerOf } from './caller.js';

const withFiles = async (options: ServerOptions = {}, uploads: object = {}) => {
  const directory = await mkdtemp(join(tmpdir(), 'files-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const server = await serve({ ...options, uploads: { directory, ...uploads } });
  return { server, directory, call: callerOf(server, { 'x-lc-id': 'app', 'x-lc-key': 'the app key' }) };
};

interface Target {
  readonly objectId: string;
  readonly token: string;
  readonly upload_url: string;
  readonly url: string;
}

const targetFor = async ({ port }: RtmServer, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`http://127.0.0.1:${port}/1.1/fileTokens`, {
    method: 'POST',
    headers: { 'x-lc-id': 'app', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, target: (await response.json()) as Target };
};

const put = async (address: string, body: string) => {
  const response = await fetch(address, {
    method: 'PUT',
    headers: { 'cache-control': 'public, max-age=31536000' },
    body,
  });
  return response.status;
};

describe('the file of a message', () => {
  it('gets an address by fileTokens, is put there, and is served at its url', async () => {
    const { server, call } = await withFiles();
    const { status, target } = await targetFor(server, {
      name: 'cat.png',
      mime_type: 'image/png',
      metaData: { owner: 'x' },
    });
    expect(status).toBe(201);
    expect(target).toMatchObject({
      provider: 's3',
      mime_type: 'image/png',
      bucket: expect.any(String),
      url: expect.stringMatching(/\.png$/),
    });
    expect(await put(target.upload_url, 'meow')).toBe(200);
    expect((await call('POST', '/1.1/fileCallback', { token: target.token, result: true })).status).toBe(200);
    const got = await fetch(target.url);
    expect([await got.text(), got.headers.get('content-type')]).toEqual(['meow', 'image/png']);
    expect((await call('GET', `/1.1/files/${target.objectId}`)).json).toMatchObject({
      objectId: target.objectId,
      url: target.url,
      metaData: { size: 4 },
    });
    expect((await call('GET', `/1.1/files/${'0'.repeat(32)}`)).status).toBe(404);
  });

  it('is written once: its ticket is good for its own name, and for an hour', async () => {
    const clock = settable(1_700_000_000_000);
    const { server, directory } = await withFiles({ clock });
    const { target } = await targetFor(server, { name: '../../evil.sh' });
    const other = (await targetFor(server, { name: 'a.txt' })).target;
    expect(await put(target.upload_url.replace(/token=.*/, `token=${other.token}`), 'x')).toBe(403);
    expect(await put(target.upload_url.replace(/token=(.)/, 'token=_'), 'x')).toBe(403);
    expect(await put(target.url, 'x')).toBe(403);
    expect(await put(target.upload_url, 'first')).toBe(200);
    expect(await put(target.upload_url, 'second')).toBe(409);
    expect(await (await fetch(target.url)).text()).toBe('first');
    clock.set(clock.now() + 3_600_001);
    expect(await put(other.upload_url, 'late')).toBe(403);
    expect((await readdir(directory)).filter((name) => !/^[0-9a-f]{32}(\.[a-z0-9]+)?$/.test(name))).toEqual([]);
  });

  it('counts for who has asked for its address; a longer one than maxBytes is refused', async () => {
    const { server } = await withFiles({ limits: { uploadsPerDay: 1 } }, { maxBytes: 10 });
    const [one, two] = [(await targetFor(server, {})).target, (await targetFor(server, {})).target];
    expect(await put(one.upload_url, 'x'.repeat(11))).toBe(413);
    expect(await put(one.upload_url, 'x')).toBe(200);
    expect(await put(two.upload_url, 'x')).toBe(429);
  });

  it('needs a session, a user of the application, or the master key, where not everybody may log in', async () => {
    const authenticate = (token: string): string | undefined => (token === 'good' ? 'Tom' : undefined);
    const { server } = await withFiles({ masterKey: 'master', appId: 'app', authenticate });
    for (const [headers, status] of [
      [{}, 401],
      [{ 'x-lc-key': 'the app key' }, 401],
      [{ 'x-lc-session': 'bad' }, 401],
      [{ 'x-lc-session': 'good' }, 201],
      [{ 'x-lc-key': 'master,master' }, 201],
    ] as const)
      expect([headers, (await targetFor(server, {}, headers)).status]).toEqual([headers, status]);
    const open = await withFiles({ masterKey: 'master', appId: 'app' }, { anonymous: true });
    expect((await targetFor(open.server, {})).status).toBe(201);
  });

  it('goes as a form from a mini program: with a ticket, to /1.1/files/:name, or to /uploads/:name', async () => {
    const { server, directory } = await withFiles({}, { maxBytes: 100 });
    const isForm = async (ua: string) => (await targetFor(server, { name: 'a.png' }, { 'x-lc-ua': ua })).target;
    expect(await isForm('LeanCloud-JS-SDK/4.15.2 (Browser)')).toMatchObject({ provider: 's3' });
    const target = await isForm('LeanCloud-JS-SDK/4.15.2 (Weapp)');
    expect(target).toMatchObject({ provider: 'qiniu' });
    const send = async (address: string, content: string): Promise<readonly [number, unknown]> => {
      const body = new FormData();
      body.append('token', target.token);
      body.append('file', new Blob([content]), 'a.png');
      const answer = await fetch(address, { method: 'POST', body });
      return [answer.status, await answer.json()];
    };
    expect(await send(target.upload_url.replace(/token=(.)/, 'token=_'), 'x')).toMatchObject([403, {}]);
    expect(await send(target.upload_url, 'x'.repeat(101))).toMatchObject([413, {}]);
    expect(await send(target.upload_url, 'meow')).toEqual([200, {}]);
    expect(await send(target.upload_url, 'woof')).toMatchObject([409, {}]);
    expect(await (await fetch(target.url)).text()).toBe('meow');
    const origin = `http://127.0.0.1:${server.port}`;
    for (const path of ['/1.1/files/b.txt', '/uploads/b.txt']) {
      const [status, { url = '' }] = (await send(origin + path, 'hello')) as [number, { readonly url?: string }];
      expect([status, await (await fetch(url)).text()]).toEqual([201, 'hello']);
    }
    const broken = await fetch(`${origin}/uploads/b.txt`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="b.txt"\r\n\r\nhel',
    });
    expect(broken.status).toBe(400);
    expect(await readdir(directory)).toHaveLength(3);
  });

  it('that lies elsewhere gets an id; the body of a request to /1.1/files/:name is stored', async () => {
    const { call } = await withFiles();
    expect(await call('POST', '/1.1/files', { name: 'a.png', url: 'https://example.com/a.png' })).toMatchObject({
      status: 201,
      json: { objectId: expect.any(String), url: 'https://example.com/a.png' },
    });
    expect((await call('POST', '/1.1/files', { name: 'a.png' })).status).toBe(400);
    const stored = await call('POST', '/1.1/files/hello.txt', 'hello');
    expect(stored).toMatchObject({ status: 201, json: { name: 'hello.txt', size: 5 } });
    expect(await (await fetch((stored.json as Target).url)).text()).toBe('hello');
  });

  it('is not asked for where there are no uploads (404)', async () => {
    const call = callerOf(await serve());
    for (const path of ['/1.1/fileTokens', '/1.1/files', '/1.1/fileCallback'])
      expect((await call('POST', path, {})).status).toBe(404);
  });
});
