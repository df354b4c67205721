/** Uploads of files over HTTP. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { serve } from './raw-client.js';

const httpOf = ({ url }: { readonly url: string }): string => url.replace('ws:', 'http:');

describe('files', () => {
  const withFiles = async (maxBytes?: number, onError?: (error: unknown) => void) => {
    const directory = await mkdtemp(join(tmpdir(), 'uploads-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const server = await serve({
      uploads: { directory, ...(maxBytes === undefined ? {} : { maxBytes }) },
      ...(onError === undefined ? {} : { onError }),
    });
    return { server, directory, http: httpOf(server) };
  };
  interface Stored {
    readonly url: string;
    readonly objId: string;
    readonly metaData: { readonly name: string; readonly size: number; readonly mime_type: string };
  }
  const post = (http: string, name: string, body: BodyInit) =>
    fetch(`${http}/uploads/${name}`, { method: 'POST', body });

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
  ])('that could run as a page are served as downloads: %s', async (name, type) => {
    const { http } = await withFiles();
    const { url } = (await (await post(http, encodeURIComponent(name), 'x')).json()) as Stored;
    const served = await fetch(url);
    expect([served.headers.get('content-type'), served.headers.get('content-disposition')]).toEqual([
      type,
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
    const { server, directory } = await withFiles();
    const { port } = server;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /uploads/${name} HTTP/1.1\r\nHost: localhost:${String(port)}\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx`,
    );
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 201 /);
    const [stored = '', ...others] = await readdir(directory);
    expect(stored).toMatch(/^[0-9a-f]{32}(\.txt)?$/);
    expect(others).toEqual([]);
  });

  it('over the limit are refused with 413 and leave nothing, with or without a declared length', async () => {
    const { server, http, directory } = await withFiles(10);
    expect((await post(http, 'a.txt', '0123456789')).status).toBe(201);
    expect((await post(http, 'a.txt', '0123456789a')).status).toBe(413);
    const socket = connect(server.port, '127.0.0.1');
    // The last chunk never arrives: the server refuses without waiting for it.
    socket.write(
      'POST /uploads/a.txt HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n',
    );
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it.each(['nothing', '..%2fpackage.json', '%2e%2e/package.json', `${'0'.repeat(32)}.png`])(
    'that do not exist give 404: %s',
    async (name) => {
      const { http } = await withFiles();
      expect((await fetch(`${http}/uploads/${name}`)).status).toBe(404);
    },
  );

  it('whose sender disconnects leave nothing, and are not reported as an error of the server', async () => {
    const errors: unknown[] = [];
    const { server, directory } = await withFiles(undefined, (failure) => errors.push(failure));
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST /uploads/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n01234');
    await vi.waitFor(async () => {
      expect(await readdir(directory)).toEqual([expect.stringMatching(/\.part$/)]);
    });
    socket.destroy();
    await vi.waitFor(async () => {
      expect(await readdir(directory)).toEqual([]);
    });
    expect(errors).toEqual([]);
  });

  it('that cannot be stored give 500, and the failure is reported', async () => {
    const errors: unknown[] = [];
    const { http, directory } = await withFiles(undefined, (failure) => errors.push(failure));
    await rm(directory, { recursive: true });
    await writeFile(directory, 'a file is where the directory should be');
    expect((await post(http, 'a.txt', 'x')).status).toBe(500);
    expect(errors).toMatchObject([{ code: 'EEXIST' }]);
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
    expect((await post(httpOf(await serve()), 'a.txt', 'x')).status).toBe(404);
  });
});
