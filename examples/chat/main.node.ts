/**
 * `npm run example:chat`: the chat's server, in memory; a few people of the house; and the server of the page, which
 * renders it.
 */
import { createServer as createSite, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { createServer } from 'rx-realtime/server';
import { stopped } from '../shared/stopped.js';
import { openHouse } from './house.js';

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

const stop = stopped();
const directory = await mkdtemp(join(tmpdir(), 'rx-realtime-chat-'));
const server = await createServer({
  appId: 'chat',
  uploads: { directory },
  hooks: { clientOnline: ({ peerId }) => house.greet(peerId) },
  onError: console.error,
});
const house = await openHouse(server);

/** What Angular's build has made: a module that renders the page, and the files that the page loads. */
const { render } = (await import(new URL('server/server.mjs', import.meta.url).href)) as {
  readonly render: (request: IncomingMessage, response: ServerResponse, server: string) => Promise<void>;
};
const folder = new URL('browser/', import.meta.url);
const files = new Set(await readdir(folder));

const site = createSite((request, response) => {
  const name = new URL(request.url ?? '/', 'http://site').pathname.slice(1);
  const fail = (error: unknown): void => {
    console.error(error);
    response.writeHead(500).end();
  };
  if (files.has(name))
    readFile(new URL(name, folder)).then((file) => {
      response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(file);
    }, fail);
  else render(request, response, server.url).catch(fail);
});
// Angular's module keeps the process alive whatever happens.
site.once('error', ({ message }) => {
  console.error(message);
  process.exit(1);
});
await new Promise<void>((resolve) => site.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', resolve));
console.log(`Open http://127.0.0.1:${(site.address() as AddressInfo).port}/   (Ctrl-C stops)`);
await stop;
house.close();
site.close();
site.closeAllConnections();
await server.close();
await rm(directory, { recursive: true, force: true });
