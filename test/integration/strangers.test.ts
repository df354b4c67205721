import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { NEVER, defer, firstValueFrom, lastValueFrom, of, retry, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  createRealtime,
  plain,
  text,
  type Client,
  type Fault,
  type LoginOptions,
  type Realtime,
  type RealtimeOptions,
  type Signature,
  online,
} from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { subprotocols } from 'rx-realtime/codecs';
import { statsNow } from '../server/stats-now.js';

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

const listening = <S extends Server>(server: S): Promise<S> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });

describe('mistakes of a first-time user', () => {
  let server: RtmServer;
  const closers: (() => unknown)[] = [];

  const realtime = (options: Partial<RealtimeOptions> = {}): Realtime => {
    const created = createRealtime({ appId: 'app', server: server.url, commandTimeout: 300, ...options });
    closers.push(() => {
      created.close();
    });
    return created;
  };
  const login = (id: string, options: Partial<RealtimeOptions> = {}, how: LoginOptions = {}): Promise<Client> =>
    firstValueFrom(realtime(options).login(id, how));

  beforeEach(async () => {
    server = await createServer({ port: 0 });
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await server.close();
  });

  describe('a wrong address', () => {
    it('that is no address: InvalidArgument, with an example of an address', async () => {
      await expect(login('Tom', { server: 'my server' })).rejects.toMatchObject({
        _tag: 'InvalidArgument',
        message: expect.stringContaining('ws://'),
      });
      await expect(login('Tom', { server: 'ftp://127.0.0.1' })).rejects.toMatchObject({
        _tag: 'InvalidArgument',
        message: expect.stringContaining('ftp'),
      });
      await expect(login('Tom', { server: [] })).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    });

    it('of a closed port: ConnectionLost, with a hint', async () => {
      const closed = await listening(createTcpServer());
      const port = portOf(closed);
      await new Promise((resolve) => closed.close(resolve));
      await expect(login('Tom', { server: `ws://127.0.0.1:${port}` })).rejects.toMatchObject({
        _tag: 'ConnectionLost',
        message: expect.stringMatching(/is the server running/),
      });
    });

    it('of a server with another protocol: ConnectionLost', async () => {
      const web = await listening(createHttpServer((_, response) => response.end('<h1>hello</h1>')));
      const garbage = await listening(createTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n')));
      closers.push(
        () => web.close(),
        () => garbage.close(),
      );
      await expect(login('Tom', { server: `ws://127.0.0.1:${portOf(web)}` })).rejects.toMatchObject({
        _tag: 'ConnectionLost',
      });
      await expect(login('Tom', { server: `ws://127.0.0.1:${portOf(garbage)}` })).rejects.toMatchObject({
        _tag: 'ConnectionLost',
      });
    });

    it('of a WebSocket server that is silent or sends noise: CommandTimeout, and a fault for each frame', async () => {
      const mute = new WebSocketServer({ port: 0, handleProtocols: () => subprotocols.binary.name });
      const noisy = new WebSocketServer({ port: 0, handleProtocols: () => subprotocols.binary.name });
      noisy.on('connection', (socket) => {
        socket.send(Buffer.from([255, 255, 255]));
        socket.send('not base64 either');
      });
      closers.push(
        () => mute.close(),
        () => noisy.close(),
      );
      await expect(login('Tom', { server: `ws://127.0.0.1:${portOf(mute)}` })).rejects.toMatchObject({
        _tag: 'CommandTimeout',
        command: 'session/open',
      });

      const faults: Fault[] = [];
      const listener = realtime({ server: `ws://127.0.0.1:${portOf(noisy)}` });
      listener.faults$.subscribe((fault) => faults.push(fault));
      await expect(firstValueFrom(listener.login('Tom'))).rejects.toMatchObject({ _tag: 'CommandTimeout' });
      expect(faults.filter(({ _tag }) => _tag === 'Frame')).toHaveLength(2);
    });

    it('of a server that starts later: after a failure, the same realtime works once the server is up', async () => {
      const later = await listening(createTcpServer());
      const port = portOf(later);
      await new Promise((resolve) => later.close(resolve));
      const patient = realtime({ server: `ws://127.0.0.1:${port}` });
      await expect(firstValueFrom(patient.login('Tom'))).rejects.toMatchObject({ _tag: 'ConnectionLost' });
      const late = await createServer({ port });
      closers.push(() => late.close());
      const tom = await firstValueFrom(
        patient.login('Tom').pipe(
          retry({
            count: 3,
            delay: () =>
              defer(() => {
                patient.retry();
                return of(true);
              }),
          }),
        ),
      );
      expect(tom.id).toBe('Tom');
    });
  });

  describe('client ids', () => {
    it.each([
      ['of no character', ''],
      ['of 65 characters', 'x'.repeat(65)],
    ])('%s: InvalidArgument, and nothing is sent', async (_, id) => {
      await expect(login(id)).rejects.toMatchObject({
        _tag: 'InvalidArgument',
        message: expect.stringContaining('1 to 64'),
      });
      expect((await statsNow(server)).sockets).toBe(0);
    });

    it.each(['x'.repeat(64), '__proto__', 'constructor', '汤姆', '👨‍👩‍👧‍👦', ' ', '../../etc'])('%s works', async (id) => {
      const client = await login(id);
      expect(client.id).toBe(id);
      expect(await firstValueFrom(online(client, [id]))).toEqual(new Set([id]));
    });
  });

  describe('a signature factory', () => {
    it('L6: that throws: SignatureFailed, with the message of its error', async () => {
      const signature = (): never => {
        throw new Error('no session cookie');
      };
      await expect(login('Tom', {}, { signature })).rejects.toMatchObject({
        _tag: 'SignatureFailed',
        message: expect.stringContaining('no session cookie'),
      });
    });

    it('that rejects or errors: SignatureFailed', async () => {
      await expect(login('Tom', {}, { signature: () => Promise.reject(new Error('503')) })).rejects.toMatchObject({
        _tag: 'SignatureFailed',
      });
      await expect(login('Tom', {}, { signature: () => throwError(() => new Error('503')) })).rejects.toMatchObject({
        _tag: 'SignatureFailed',
      });
    });

    it('that never answers: SignatureFailed after the time limit', async () => {
      await expect(login('Tom', {}, { signature: () => NEVER })).rejects.toMatchObject({
        _tag: 'SignatureFailed',
        message: expect.stringContaining('300 ms'),
      });
    });

    it('that returns a wrong shape: SignatureFailed, with the name of the field', async () => {
      const signature = () => of({ signature: 'abc', timestamp: 'yesterday', nonce: 'n' } as unknown as Signature);
      await expect(login('Tom', {}, { signature })).rejects.toMatchObject({
        _tag: 'SignatureFailed',
        message: expect.stringContaining('timestamp'),
      });
    });

    it('L6: whose signature the server refuses: ServerRejected 4102', async () => {
      const strict = await createServer({ port: 0, verifyLogin: () => false });
      closers.push(() => strict.close());
      const signature = () => of({ signature: 'forged', timestamp: 1, nonce: 'n' });
      await expect(login('Tom', { server: strict.url }, { signature })).rejects.toMatchObject({
        _tag: 'ServerRejected',
        code: 4102,
      });
    });

    it('that fails: the next login works', async () => {
      const shared = realtime();
      await expect(firstValueFrom(shared.login('Tom', { signature: () => NEVER }))).rejects.toMatchObject({
        _tag: 'SignatureFailed',
      });
      expect((await firstValueFrom(shared.login('Tom'))).id).toBe('Tom');
    });
  });

  describe('commands', () => {
    it('after close(): SessionClosed', async () => {
      const tom = await login('Tom');
      const conversation = await firstValueFrom(tom.createConversation({ members: [] }));
      await lastValueFrom(tom.close());
      await lastValueFrom(tom.close());
      for (const command of [
        tom.createConversation({ members: [] }),
        conversation.send(text('hi')),
        conversation.history(),
        online(tom, []),
      ]) {
        await expect(lastValueFrom<unknown>(command)).rejects.toMatchObject({ _tag: 'SessionClosed' });
      }
    });

    it('a message of 6 KB: InvalidArgument with its size; the next message is sent', async () => {
      const tom = await login('Tom');
      const conversation = await firstValueFrom(tom.createConversation({ members: [] }));
      await expect(lastValueFrom(conversation.send(text('x'.repeat(6 * 1_024))))).rejects.toMatchObject({
        _tag: 'InvalidArgument',
        message: expect.stringMatching(/5120.*6\d\d\d/),
      });
      expect(await lastValueFrom(conversation.send(text('short')))).toMatchObject({ body: { text: 'short' } });
    });

    it('a body that is not JSON: it arrives unchanged as a plain message', async () => {
      const [tom, jerry] = [await login('Tom'), await login('Jerry')];
      const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
      const heard = firstValueFrom(jerry.messages$);
      await lastValueFrom(conversation.send(plain('{"_lctype": -1, oops')));
      expect((await heard).body).toEqual({ _tag: 'Plain', content: '{"_lctype": -1, oops' });
    });

    it('a conversation that does not exist: ServerRejected, with the code of the table', async () => {
      const tom = await login('Tom');
      await expect(firstValueFrom(tom.fetchConversation('nowhere'))).rejects.toMatchObject({
        _tag: 'ServerRejected',
        code: 4303,
      });
      await expect(lastValueFrom(tom.conversation('nowhere').send(text('hi')))).rejects.toMatchObject({
        _tag: 'ServerRejected',
        code: 4401,
      });
    });

    it('an impossible history limit: InvalidArgument', async () => {
      const tom = await login('Tom');
      for (const limit of [0, -1, 1_001, 1.5, Number.NaN]) {
        await expect(lastValueFrom(tom.conversation('c').history({ limit }))).rejects.toMatchObject({
          _tag: 'InvalidArgument',
        });
      }
    });

    it('invalid client ids as members: InvalidArgument', async () => {
      const tom = await login('Tom');
      await expect(firstValueFrom(tom.createConversation({ members: ['Jerry', ''] }))).rejects.toMatchObject({
        _tag: 'InvalidArgument',
      });
    });
  });
});
