/** The adapters for mini programs, one by one, over a stand-in of `wx` that is as strict as the real one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadTo, type StoredSend } from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { weappFetch, weappFile, weappOptions, weappOutbox, weappSocket, weappUpload } from 'rx-realtime/weapp';
import { firstValueFrom, from, lastValueFrom, toArray, type ObservableInput } from 'rxjs';
import { WebSocketServer } from 'ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWx, type Wx } from './wx.js';

/** What the stand-in gives: its shape is that of `wx` itself, which these functions take. */
type Given = Parameters<typeof weappOptions>[0] &
  Parameters<typeof weappOutbox>[0] &
  Parameters<typeof weappFile>[0] &
  Parameters<typeof weappUpload>[0];
const given = (phone?: Parameters<typeof createWx>[0]): Wx & { readonly wx: Given } => {
  const all = createWx(phone) as Wx & { readonly wx: Given };
  onTestFinished(() => all.close());
  return all;
};

/** A server that gives back what it gets. */
const echo = async (): Promise<{ readonly url: string; readonly server: WebSocketServer }> => {
  const server = new WebSocketServer({ port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
};

type Told =
  | { readonly _tag: 'open' }
  | { readonly _tag: 'message'; readonly data: string | ArrayBuffer }
  | { readonly _tag: 'error'; readonly message: string }
  | { readonly _tag: 'close'; readonly code: number };

/** A socket, and what it tells. */
const opened = (wx: Given, url: string) => {
  const socket = new (weappSocket(wx))(url, 'lc.protobuf2.3');
  const waiting: ((told: Told) => void)[] = [];
  const all: Told[] = [];
  const tell = (told: Told): void => {
    all.push(told);
    for (const wait of waiting.splice(0)) wait(told);
  };
  socket.onopen = () => tell({ _tag: 'open' });
  socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => tell({ _tag: 'message', data });
  socket.onerror = ({ message }: { readonly message: string }) => tell({ _tag: 'error', message });
  socket.onclose = ({ code }: { readonly code: number }) => tell({ _tag: 'close', code });
  return { socket, all, next: () => new Promise<Told>((resolve) => waiting.push(resolve)) };
};

describe('the socket of a mini program', () => {
  it('sends and receives text, and exactly the bytes of a view, as they were when they were sent', async () => {
    const { url } = await echo();
    const { socket, next } = opened(given().wx, url);
    expect(await next()).toEqual({ _tag: 'open' });
    socket.send('a é 世 😀');
    expect(await next()).toEqual({ _tag: 'message', data: 'a é 世 😀' });
    const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5);
    socket.send(bytes.subarray(2, 4));
    bytes.fill(9);
    const back = await next();
    expect(back._tag === 'message' && typeof back.data !== 'string' && [...new Uint8Array(back.data)]).toEqual([2, 3]);
  });

  it('tells the code of a close, and closes once', async () => {
    const { url, server } = await echo();
    const { socket, all, next } = opened(given().wx, url);
    await next();
    for (const each of server.clients) each.close(4_000, 'enough');
    expect(await next()).toEqual({ _tag: 'close', code: 4_000 });
    socket.close();
    expect([socket.readyState, all.length]).toEqual([3, 2]);
  });

  it('that can not connect tells an error, and is closed without a close event', async () => {
    const { socket, next } = opened(given().wx, 'ws://127.0.0.1:1');
    expect(await next()).toEqual({ _tag: 'error', message: 'connection refused' });
    expect(socket.readyState).toBe(3);
  });

  it('that is over the limit of five, or has an address that is refused, tells the text of `fail`', async () => {
    const { url } = await echo();
    const { wx } = given();
    const five = Array.from({ length: 5 }, () => opened(wx, url));
    await Promise.all(five.map(({ next }) => next()));
    expect(await opened(wx, url).next()).toEqual({
      _tag: 'error',
      message: 'connectSocket:fail over max connect count',
    });
    five[0]?.socket.close();
    expect(await five[0]?.next()).toEqual({ _tag: 'close', code: 1_000 });
    expect(await opened(wx, url).next()).toEqual({ _tag: 'open' });
    expect(await opened(wx, 'http://a').next()).toMatchObject({ _tag: 'error' });
  });

  it('that is given up while it connects does not stay: it is closed when it opens', async () => {
    const { url, server } = await echo();
    const { wx, sockets } = given();
    const { socket, all } = opened(wx, url);
    const gone = new Promise((resolve) => {
      server.once('connection', (connection) => connection.once('close', resolve));
    });
    socket.close();
    expect(sockets()).toBe(1);
    await gone;
    await expect.poll(() => [sockets(), socket.readyState]).toEqual([0, 3]);
    expect(all.map(({ _tag }) => _tag)).not.toContain('open');
  });

  it('that refuses what is sent is lost, though no close follows', () => {
    const refused = ({ fail }: { readonly fail: (error: { readonly errMsg: string }) => void }): void =>
      fail({ errMsg: 'SocketTask.send:fail it is gone' });
    let open = (): void => undefined;
    const ignore = (): void => undefined;
    const task = { onMessage: ignore, onClose: ignore, onError: ignore, send: refused, close: refused };
    const connectSocket = () => ({ ...task, onOpen: (listener: () => void) => (open = listener) });
    const { socket, all } = opened({ ...given().wx, connectSocket }, 'ws://127.0.0.1:1');
    open();
    socket.send('a');
    expect(all).toEqual([
      { _tag: 'open' },
      { _tag: 'error', message: 'SocketTask.send:fail it is gone' },
      { _tag: 'close', code: 1_006 },
    ]);
  });
});

describe('the requests of a mini program', () => {
  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const server = createHttpServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('hex');
  };

  it.each([true, false])(
    'have fields of any case, and JSON that is read when it is asked for (%s)',
    async (isCapital) => {
      const url = await serve((_, response) => response.writeHead(503, { 'Retry-After': '5' }).end('{"a":"1"}'));
      const answer = await weappFetch(given({ isCapital }).wx)(url);
      expect([answer.ok, answer.status, answer.headers?.get('RETRY-after')]).toEqual([false, 503, '5']);
      expect(answer.headers?.get('location')).toBeNull();
      expect(await answer.json()).toEqual({ a: '1' });
    },
  );

  it('fail with what is no JSON where it is read, as `fetch` does', async () => {
    const url = await serve((_, response) => response.end('<html>'));
    const answer = await weappFetch(given().wx)(url);
    expect(answer.ok).toBe(true);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
  });

  it('send text as it is, and exactly the bytes of a view, with their headers', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push([request.method, request.headers['content-type'], body]);
        response.end('{}');
      });
    });
    const fetch = weappFetch(given().wx);
    await fetch(url, { method: 'POST', headers: { 'content-type': 'a/b' }, body: '{"a":1}' });
    const bytes = Uint8Array.of(0, 1, 2, 3).subarray(1, 3);
    await fetch(url, { method: 'POST', headers: { 'content-type': 'image/png' }, body: bytes });
    expect(seen).toEqual([
      ['POST', 'a/b', Buffer.from('{"a":1}').toString('hex')],
      ['POST', 'image/png', '0102'],
    ]);
    await expect(fetch(url, { method: 'POST', headers: {}, body: new Blob(['a']) })).rejects.toThrow('Blob');
  });

  it.each([true, false])(
    'end with a redirect, which is not followed (head without a status: %s)',
    async (hasBareHeads) => {
      let count = 0;
      const url = await serve((_, response) => {
        count += 1;
        response.writeHead(302, { location: '/elsewhere' }).end();
      });
      const answer = await weappFetch(given({ hasBareHeads, isCapital: true }).wx)(url);
      expect([answer.status, answer.headers?.get('location'), count]).toEqual([302, '/elsewhere', 1]);
    },
  );

  it('that have no answer reject with the text of `fail`, and those that are aborted too', async () => {
    const fetch = weappFetch(given().wx);
    await expect(fetch('http://127.0.0.1:1')).rejects.toThrow('request:fail');
    const url = await serve(() => undefined);
    const ending = new AbortController();
    const asked = fetch(url, { method: 'GET', headers: {}, signal: ending.signal });
    ending.abort();
    await expect(asked).rejects.toThrow('request:fail abort');
    await expect(fetch(url, { method: 'GET', headers: {}, signal: ending.signal })).rejects.toThrow('abort');
  });
});

describe('the storage of a mini program', () => {
  const message = (token: string): StoredSend => ({
    token,
    conversationId: 'c',
    at: 1,
    sequence: 1,
    body: { data: 'a' },
    options: {},
  });
  const all = (done: ObservableInput<unknown>): Promise<unknown> =>
    lastValueFrom(from(done), { defaultValue: undefined });
  const load = (storage: ReturnType<typeof weappOutbox>, owner: string): Promise<readonly unknown[]> =>
    lastValueFrom(from(storage.load(owner)));

  it('keeps the messages of each owner apart, whatever their names are', async () => {
    const storage = weappOutbox(given().wx);
    const owners = ['a', 'a b', 'a"', 'a" "b', ''];
    const put = (owner: string): Promise<unknown> => all(storage.put(owner, message(`of ${owner}`)));
    for (const owner of owners) await put(owner);
    for (const owner of owners) expect(await load(storage, owner)).toEqual([message(`of ${owner}`)]);
    for (const token of ['of a', 'of a']) await all(storage.remove('a', token));
    expect([await load(storage, 'a'), (await load(storage, 'a b')).length]).toEqual([[], 1]);
  });

  it('gives back what can not be read, so that it is reported', async () => {
    const { wx } = given();
    const storage = weappOutbox(wx);
    await all(storage.put('a', message('t')));
    const [key = ''] = wx.getStorageInfoSync().keys;
    wx.setStorageSync(key, '{"half');
    expect(await load(storage, 'a')).toEqual(['{"half']);
  });
});

describe('the uploads of a mini program', () => {
  const scene = async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-weapp-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const server = await createServer({ uploads: { directory: join(directory, 'uploads'), maxBytes: 10 } });
    onTestFinished(() => server.close());
    const { wx } = given();
    const fileOf = (content: string) => {
      const path = join(directory, 'a.png');
      writeFileSync(path, content);
      return firstValueFrom(weappFile(wx, path));
    };
    const store = weappUpload(wx, uploadTo());
    return { wx, server, fileOf, store, context: { api: server.url.replace('ws', 'http'), fetch: weappFetch(wx) } };
  };

  it('send a file from its path, and tell how far it has come', async () => {
    const { fileOf, store, context } = await scene();
    const told = await lastValueFrom(from(store(await fileOf('meow'), context)).pipe(toArray()));
    const stored = { url: expect.any(String) as string, metaData: { name: 'a.png', size: 4, mime_type: 'image/png' } };
    expect(told).toMatchObject([{ progress: 0.5 }, { progress: 1 }, stored]);
    expect(await (await fetch((told[2] as { readonly url: string }).url)).text()).toBe('meow');
  });

  it('that are refused, or have no answer, fail as those of `uploadTo` do', async () => {
    const { server, fileOf, store, context } = await scene();
    const file = await fileOf('x'.repeat(11));
    await expect(lastValueFrom(from(store(file, context)))).rejects.toMatchObject({ _tag: 'ServerRejected' });
    await server.close();
    await expect(lastValueFrom(from(store(file, context)))).rejects.toMatchObject({ _tag: 'ConnectionLost' });
  });

  it('end when nobody waits for them, once', async () => {
    const { wx, fileOf, context } = await scene();
    let aborted = 0;
    let end = (): void => undefined;
    const uploadFile: Parameters<typeof weappUpload>[0]['uploadFile'] = ({ success }) => {
      end = () => success({ statusCode: 201, data: '{"url":"https://example.com/a"}' });
      return { abort: () => (aborted += 1), onProgressUpdate: () => undefined };
    };
    const store = weappUpload({ ...wx, uploadFile }, uploadTo());
    const file = await fileOf('meow');
    from(store(file, context)).subscribe().unsubscribe();
    expect(aborted).toBe(1);
    const stored = lastValueFrom(from(store(file, context)));
    end();
    expect([await stored, aborted]).toEqual([{ url: 'https://example.com/a' }, 1]);
  });

  it('of a file without a path go by requests, without progress', async () => {
    const { store, context } = await scene();
    const file = { name: 'b.png', data: Uint8Array.of(1) };
    expect(await lastValueFrom(from(store(file, context)).pipe(toArray()))).toMatchObject([{ metaData: { size: 1 } }]);
  });
});

describe('the files and the network of a mini program', () => {
  it('a file is read by its path, with the name of the path if it has no other', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-weapp-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'a.png');
    writeFileSync(path, Uint8Array.of(1, 2));
    const { wx } = given();
    expect(await lastValueFrom(weappFile(wx, path, { type: 'image/png' }).pipe(toArray()))).toEqual([
      { name: 'a.png', type: 'image/png', path, data: Uint8Array.of(1, 2) },
    ]);
    expect(await lastValueFrom(weappFile(wx, path, { name: 'b' }))).toMatchObject({ name: 'b' });
    const asText: Parameters<typeof weappFile>[0] = {
      getFileSystemManager: () => ({ readFile: ({ success }) => success({ data: 'text' }) }),
    };
    await expect(lastValueFrom(weappFile(asText, path))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    await expect(lastValueFrom(weappFile(wx, join(directory, 'none')))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      message: expect.stringContaining('no such file') as string,
    });
  });

  it('the network is known at the start, and an answer that comes late changes nothing', async () => {
    const { wx, network } = given({ isConnected: false });
    const { network$ } = weappOptions(wx);
    const [told, late]: [boolean[], boolean[]] = [[], []];
    const first = network$.subscribe((isConnected) => told.push(isConnected));
    await Promise.resolve();
    expect(told).toEqual([false]);
    // This one asks, and is told before it has its answer.
    const second = network$.subscribe((isConnected) => late.push(isConnected));
    network(true);
    await Promise.resolve();
    first.unsubscribe();
    second.unsubscribe();
    network(false);
    expect([told, late]).toEqual([[false, true], [true]]);
  });
});
