/** A client reaches a server through nginx, with TLS and below a path. The configuration is that of docs/server.md. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createServer, type ServerOptions } from 'rx-realtime/server';

const isThere = (command: string, argument: string): boolean => spawnSync(command, [argument]).status === 0;
const missing = [
  ...(isThere('nginx', '-v') ? [] : ['nginx']),
  ...(isThere('openssl', 'version') ? [] : ['openssl']),
].join(' and ');

const freePort = async (): Promise<number> => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** The configuration in the docs: the part of `http` in it. */
const documented = (): string => {
  const docs = readFileSync(new URL('../../docs/server.md', import.meta.url), 'utf8');
  return /```nginx\n([^]*?)```/.exec(docs)?.[1] ?? '';
};

const portOf = (url: string): string => new URL(url).port;

/** Starts nginx with the documented configuration for a server. */
const behindNginx = async (options: ServerOptions) => {
  const directory = mkdtempSync(join(tmpdir(), 'nginx-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  // prettier-ignore
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert,
  ], { stdio: 'ignore' });
  const port = await freePort();
  const publicUrl = `https://localhost:${port}/im/`;
  const uploads = { directory: join(directory, 'uploads') };
  const authenticate = (token: string): string | undefined => (token === 'token of Tom' ? 'Tom' : undefined);
  const server = await createServer({ uploads, authenticate, ...options });
  const site = documented()
    .replaceAll('chat.example.com', 'localhost')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${cert};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`)
    .replaceAll('127.0.0.1:6400', `127.0.0.1:${portOf(server.url)}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(directory, name)};`,
  );
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(directory, 'pid')}; error_log stderr error; events {}
    http { access_log off; ${temporary.join(' ')}\n${site} }`,
  );
  const nginx = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(nginx, 'exit');
  onTestFinished(async () => {
    nginx.kill();
    await ended;
    await server.close();
    rmSync(directory, { recursive: true });
  });
  const isListening = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => {
        resolve(false);
      });
    });
  await expect.poll(isListening).toBe(true);

  /** What a client finds at these addresses. */
  const visit = async (...addresses: readonly string[]): Promise<unknown> => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        import.meta.resolve('tsx/esm'),
        fileURLToPath(new URL('behind-proxy.ts', import.meta.url)),
        ...addresses,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_EXTRA_CA_CERTS: cert } },
    );
    return JSON.parse(await readAll(child.stdout)) as unknown;
  };
  return { publicUrl, visit };
};

describe.skipIf(missing !== '')(`behind nginx${missing === '' ? '' : ` (skipped: ${missing} not installed)`}`, () => {
  it('with TLS and a path, a trusted proxy: socket, router, HTTP API and uploads are there', async () => {
    const { publicUrl, visit } = await behindNginx({ trustedProxies: ['127.0.0.1'] });
    const reached = {
      id: 'Tom',
      url: expect.stringMatching(new RegExp(`^${publicUrl}uploads/[0-9a-f]{32}\\.mp4$`)) as string,
      status: 206,
      bytes: 10,
    };
    const [router, socket] = [publicUrl, publicUrl.replace('https', 'wss')];
    expect(await visit(router, router.slice(0, -1), socket, socket.slice(0, -1))).toEqual([
      reached,
      reached,
      reached,
      // nginx redirects to the path with a slash.
      { error: expect.stringMatching(/301.*redirects.*slash/) as string },
    ]);
  }, 20_000);
});
