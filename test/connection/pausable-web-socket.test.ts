/** The rules of a socket over WebSocketStream. The stream here does what Chromium's does. */
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRealtime, pausableWebSocket } from 'rx-realtime';
import type { WebSocketLike } from '../../src/connection/socket.js';

class PlatformStream {
  static readonly made: PlatformStream[] = [];
  readonly opened: Promise<object>;
  readonly closed: Promise<object>;
  /** What was written, and that it was closed. */
  readonly written: unknown[] = [];
  /** What the platform holds until it is asked for. A close drops it. */
  unread: string[] = [];
  open: () => void = () => undefined;
  fail: () => void = () => undefined;
  end: (how: object) => void = () => undefined;

  constructor(url: string, { protocols }: { readonly protocols: readonly string[] }) {
    if (url === 'ws:') throw new SyntaxError('not an address');
    expect(protocols).toEqual(['p']);
    PlatformStream.made.push(this);
    let incoming: ReadableStreamDefaultController<string> | undefined;
    const readable = new ReadableStream<string>({
      start: (controller) => {
        incoming = controller;
      },
      pull: (controller) => {
        const next = this.unread.shift();
        if (next !== undefined) controller.enqueue(next);
      },
    });
    const writable = new WritableStream<unknown>({
      write: (chunk) => void this.written.push(chunk),
      close: () => void this.written.push('closed'),
    });
    let isOpen = false;
    this.opened = new Promise((resolve, reject) => {
      this.open = () => {
        isOpen = true;
        resolve({ readable, writable });
      };
      this.fail = () => reject(new Error('failed'));
    });
    this.closed = new Promise((resolve, reject) => {
      const fail = this.fail;
      this.fail = () => {
        fail();
        if (isOpen) incoming?.error(new Error('failed'));
        reject(new Error('failed'));
      };
      this.end = (how) => {
        this.unread = [];
        incoming?.close();
        resolve(how);
      };
    });
  }

  close(): void {
    this.written.push('ended');
  }
}

/** Everything that is due happens. */
const settle = (): Promise<void> => new Promise(setImmediate);

const dial = () => {
  const events: unknown[] = [];
  const socket: WebSocketLike | undefined = new (pausableWebSocket() ?? expect.fail())('ws://server', 'p');
  Object.assign(socket, {
    onopen: () => events.push('open'),
    onmessage: ({ data }: { readonly data: unknown }) => events.push(data),
    onclose: ({ code, reason }: { readonly code: number; readonly reason: string }) => events.push(`${code}${reason}`),
  });
  const stream = PlatformStream.made.at(-1) ?? expect.fail();
  return { socket, stream, events };
};

/** A socket with these frames on the way. */
const openWith = async (frames: readonly string[]) => {
  const dialled = dial();
  dialled.stream.unread = [...frames];
  dialled.stream.open();
  await settle();
  return dialled;
};

describe('a WebSocket over WebSocketStream', () => {
  beforeEach(() => {
    vi.stubGlobal('WebSocketStream', PlatformStream);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is the default where the platform has no WebSocketStream', async () => {
    vi.unstubAllGlobals();
    expect(pausableWebSocket()).toBeUndefined();
    const realtime = createRealtime({ appId: 'app', server: 'ws://127.0.0.1:1', webSocket: pausableWebSocket() });
    expect(await firstValueFrom(realtime.capabilities$)).toEqual({ pause: true });
  });

  it('can be paused, which is known before there is one', async () => {
    const realtime = createRealtime({ appId: 'app', server: 'ws://127.0.0.1:1', webSocket: pausableWebSocket() });
    expect(await firstValueFrom(realtime.capabilities$)).toEqual({ pause: true });
  });

  it('emits the frames in order, then the close with its code and its reason', async () => {
    const { stream, events } = await openWith(['1', '2', '3']);
    stream.end({ closeCode: 4103, reason: ' no' });
    await settle();
    expect(events).toEqual(['open', '1', '2', '3', '4103 no']);
  });

  it('has the code 1005 if the server has named none, and 1006 if the connection broke', async () => {
    const [named, broken] = [await openWith([]), await openWith([])];
    named.stream.end({});
    broken.stream.fail();
    await settle();
    expect([named.events, broken.events]).toEqual([
      ['open', '1005'],
      ['open', '1006'],
    ]);
  });

  it('that never opens is closed with 1006, and rejects nothing', async () => {
    const { stream, events } = dial();
    stream.fail();
    await settle();
    expect(events).toEqual(['1006']);
  });

  it('throws where the platform does not accept the address', () => {
    expect(() => new (pausableWebSocket() ?? expect.fail())('ws:', 'p')).toThrow(SyntaxError);
  });

  it('asks for nothing while it is paused, and goes on where it was', async () => {
    const { socket, stream, events } = await openWith([]);
    socket.pause?.();
    // One was asked for before, and the stream holds one.
    stream.unread = ['1', '2', '3', '4', '5'];
    await settle();
    const [held, left] = [events.length, stream.unread.length];
    await settle();
    expect([events.length, stream.unread.length]).toEqual([held, left]);
    socket.resume?.();
    await settle();
    stream.end({});
    await settle();
    expect(events.at(-1)).toBe('1005');
  });

  it('can be paused by what a frame leads to: the next one is not read', async () => {
    const { socket, stream, events } = dial();
    Object.assign(socket, {
      onmessage: ({ data }: { readonly data: unknown }) => {
        events.push(data);
        socket.pause?.();
      },
    });
    stream.unread = ['1', '2', '3', '4', '5'];
    stream.open();
    await settle();
    expect(events).toEqual(['open', '1']);
    // The stream holds one more.
    expect(stream.unread).toEqual(['3', '4', '5']);
    socket.resume?.();
    await settle();
    expect(events).toEqual(['open', '1', '2']);
  });

  it('tells at once during a pause that the server has closed; what the platform has dropped is not told', async () => {
    const { socket, stream, events } = dial();
    socket.onopen = () => socket.pause?.();
    stream.unread = ['1', '2', '3'];
    stream.open();
    await settle();
    expect(events).toEqual([]);
    stream.end({ closeCode: 1001 });
    await settle();
    expect(events).toEqual(['1', '1001']);
  });

  it('writes what was sent before it closes, and reads on to the end, also when it was paused', async () => {
    const { socket, stream } = await openWith([]);
    socket.pause?.();
    stream.unread = ['1', '2', '3', '4'];
    socket.send('last');
    socket.close();
    socket.close();
    expect(socket.readyState).toBe(2);
    await settle();
    expect(stream.written).toEqual(['last', 'closed']);
    stream.end({});
    await settle();
    expect(socket.readyState).toBe(3);
  });

  it('closes during the handshake, too', async () => {
    const { socket, stream, events } = dial();
    socket.close();
    expect(stream.written).toEqual(['ended']);
    // The handshake may be over already.
    stream.open();
    await settle();
    expect(stream.written).toEqual(['ended', 'closed']);
    expect(events).toEqual([]);
  });

  it('closes without waiting if it has to', async () => {
    const { socket, stream } = await openWith([]);
    socket.terminate?.();
    expect(stream.written).toEqual(['ended']);
  });
});
