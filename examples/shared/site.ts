/** A web server for one page, on the loopback interface. It serves the files of one folder and nothing else. */
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { extname } from 'node:path';
import type { AddressInfo } from 'node:net';

export interface SiteOptions {
  readonly folder: URL;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Answers requests by method and path, as JSON. */
  readonly routes: Readonly<Record<string, (body: string) => unknown>>;
}

export interface Site {
  readonly url: string;
  readonly close: () => void;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
};
/** Bodies of requests are a few characters. */
const LONGEST = 1_000;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > LONGEST) throw new Error('the body is too long');
  }
  return body;
};

export const serveSite = async ({ folder, port = 0, routes }: SiteOptions): Promise<Site> => {
  const files = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(new URL(name, folder))]));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const path = pathname === '/' ? '/index.html' : pathname;
    const file = files.get(path);
    const route = routes[`${request.method ?? ''} ${path}`];
    const send = (status: number, type: string, content: Buffer | string): void => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(content);
    };
    if (route !== undefined)
      bodyOf(request)
        .then((body) => {
          send(200, 'application/json', JSON.stringify(route(body) ?? null));
        })
        .catch((error: unknown) => {
          send(400, 'text/plain', String(error));
        });
    else if (file !== undefined) send(200, TYPES[extname(path)] ?? 'application/octet-stream', file);
    else send(path === '/favicon.ico' ? 204 : 404, 'text/plain', '');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
