/** TLS in the server's own process. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { subprotocols } from 'rx-realtime/codecs';
import { certificateFor } from '../cli/certificate.js';
import { serve } from './raw-client.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A connection with TLS, and the name in the certificate of the server. */
const greet = async (port: number): Promise<readonly [TLSSocket, string]> => {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'secureConnect');
  return [socket, String(socket.getPeerCertificate().subject.CN)];
};

const ask = async (port: number, path: string): Promise<string> => {
  const [socket] = await greet(port);
  socket.end(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
};

describe.runIf(hasOpenssl)('TLS', () => {
  it('is for sockets and HTTP, and addresses say so', async () => {
    const tls = certificateFor('one');
    const server = await serve({ tls });
    expect(server.url).toBe(`wss://127.0.0.1:${server.port}`);
    const socket = new WebSocket(server.url, subprotocols.binary.name, { ca: tls.cert });
    await once(socket, 'open');
    socket.terminate();
    expect(await ask(server.port, '/v1/route')).toContain('"wss://localhost"');
    expect(await ask(server.port, '/healthz')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('takes another certificate while it runs, and keeps the one before if the other is wrong', async () => {
    const [one, two] = [certificateFor('one'), certificateFor('two')];
    const server = await serve({ tls: one });
    expect((await greet(server.port))[1]).toBe('one');
    expect(() => server.renewTls({ cert: two.cert, key: one.key })).toThrow(/^tls: the certificate and its key can't/);
    expect(() => server.renewTls({ cert: 'none', key: 'none' })).toThrow(RangeError);
    expect((await greet(server.port))[1]).toBe('one');
    server.renewTls(two);
    expect((await greet(server.port))[1]).toBe('two');
    await expect(serve().then((plain) => plain.renewTls(two))).rejects.toThrow('started without TLS');
  });

  it('refuses to start with a key that does not belong to the certificate', async () => {
    const [one, two] = [certificateFor('one'), certificateFor('two')];
    await expect(serve({ tls: { cert: one.cert, key: two.key } })).rejects.toThrow(/^tls: /);
  });

  it('counts connections before they have TLS, and tells those that are too many', async () => {
    const server = await serve({ tls: certificateFor('one'), limits: { connections: 2 } });
    const silent = [1, 2].map(() => connectPlain(server.port, '127.0.0.1'));
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    expect(await ask(server.port, '/healthz')).toMatch(/^HTTP\/1.1 503 /);
    for (const socket of silent) socket.destroy();
    await expect.poll(() => ask(server.port, '/healthz')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is given up by a server that closes, where it is not there yet', async () => {
    const server = await serve({ tls: certificateFor('one') });
    const silent = connectPlain(server.port, '127.0.0.1');
    await once(silent, 'connect');
    await greet(server.port);
    await server.close();
  });

  it('ends a connection that does not begin it in time', async () => {
    const server = await serve({ tls: certificateFor('one'), limits: { headerTimeout: 50 } });
    const silent = connectPlain(server.port, '127.0.0.1');
    silent.resume();
    await once(silent, 'close');
  });
});
