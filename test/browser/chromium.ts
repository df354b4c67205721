/**
 * Programs in a real browser. Tests that need one are skipped where no Chromium is found: on the `PATH`, or at the path
 * in the environment variable `CHROMIUM`.
 */
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ReplaySubject, type Observable } from 'rxjs';
import { describe } from 'vitest';
import { entries } from '../../scripts/entries.mjs';
import { executablePath } from './launch.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A suite that needs a browser. Its title says why it was skipped. */
export const describeInBrowser = (title: string, suite: () => void): void => {
  // A browser takes long to start on a busy machine.
  if (executablePath !== undefined) describe(title, { timeout: 60_000 }, suite);
  else describe.skip(`${title} (no Chromium found: install one, or name it in the variable CHROMIUM)`, suite);
};

/** A web server with one page that runs a program, and another page without one. */
export interface Site {
  /** The address of the program. Its query is `location.search` in the program. */
  readonly page: string;
  readonly other: string;
  /** Hot, replays everything: what the program sends with `tell`. */
  readonly told$: Observable<unknown>;
  readonly close: () => Promise<unknown>;
}

/** What a page calls to tell the test something. It works while the page is put away or unloaded, too. */
const TELL = 'self.tell = (value) => void navigator.sendBeacon("/tell", JSON.stringify(value));';

/** The source of an entry as browsers load it: `dist/src/index.d.ts` is made from it. */
const sourceOf = (types: string): string => types.replace(/^dist\//, '').replace(/\.d\.ts$/, '.ts');

/** Bundles a program of `pages/` from the sources, and serves it. */
export const serveProgram = async (name: string): Promise<Site> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./pages/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    alias: Object.fromEntries(entries.map(({ specifier, types }) => [specifier, join(root, sourceOf(types))])),
  });
  const program = outputFiles.map(({ text }) => text).join('\n');
  const told = new ReplaySubject<unknown>(Infinity);
  const server = createHttpServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    if (pathname === '/tell') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        told.next(JSON.parse(body));
        response.writeHead(204).end();
      });
    } else if (pathname === '/program.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(program);
    } else {
      const script = pathname === '/' ? `<script>${TELL}</script><script src="/program.js"></script>` : '';
      response
        .writeHead(200, { 'Content-Type': 'text/html' })
        .end(`<!doctype html><title>${pathname}</title>${script}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    page: `${origin}/`,
    other: `${origin}/other`,
    told$: told.asObservable(),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
};
