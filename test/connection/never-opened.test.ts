/** What people are told about a socket that never opened. */
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../src/clock.js';
import { neverOpened } from '../../src/connection/never-opened.js';
import { openSocket, type WebSocketConstructor, type WebSocketLike } from '../../src/connection/socket.js';

const reasonAt = async (url: string, implementation: WebSocketConstructor = WebSocket): Promise<string> => {
  const event = await lastValueFrom(openSocket(implementation, url, 'lc.protobuf2.3', systemClock));
  return event._tag === 'Lost' ? event.reason.reason : 'it opened';
};

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

/** A socket of a browser that fails: it says nothing. */
class Silent implements WebSocketLike {
  binaryType = 'arraybuffer';
  readonly readyState = 3;
  onopen: WebSocketLike['onopen'] = null;
  onmessage: WebSocketLike['onmessage'] = null;
  onerror: WebSocketLike['onerror'] = null;
  onclose: WebSocketLike['onclose'] = null;
  constructor() {
    queueMicrotask(() => this.onclose?.call(undefined as never, { code: 1006, reason: '' } as never));
  }
  send = (): void => undefined;
  close = (): void => undefined;
}

it.each([
  ['wss://h/im', /^wss:\/\/h\/im could not be opened; check .*slash.*certificate/],
  ['ws://h/', /^ws:\/\/h\/ could not be opened; check (?!.*certificate)/],
  ['ws://[::1]:6400/', /could not be opened; .*IPv4/],
])('in a browser, %s could not be opened: the text says what to look at', async (url, text) => {
  expect(await reasonAt(url, Silent)).toMatch(text);
});

it('a redirect, as of a proxy that misses a slash, is named as one', async () => {
  const server = createHttpServer();
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 301 Moved Permanently\r\nLocation: /im/\r\nContent-Length: 0\r\n\r\n');
  });
  const port = await listening(server);
  expect(await reasonAt(`ws://127.0.0.1:${String(port)}/im`)).toMatch(/301.*redirects.*slash/);
});

it.each([
  ['ws://[::1]:1/', 'connect ECONNREFUSED ::1:1', 'IPv4'],
  ['wss://h/', 'self-signed certificate', 'certificate'],
  ['wss://h/', 'Unexpected server response: 404', 'Upgrade'],
  ['wss://h/', 'Unexpected server response: 429', 'too many'],
])('%s, which says "%s", has a hint: %s', (url, said, hint) => {
  const text = neverOpened(url, said);
  expect(text.startsWith(`${url}: ${said}`)).toBe(true);
  expect(text).toContain(hint);
});

it('what needs no hint has none', () => {
  expect(neverOpened('ws://h/', 'getaddrinfo ENOTFOUND h')).toBe('ws://h/: getaddrinfo ENOTFOUND h');
});
