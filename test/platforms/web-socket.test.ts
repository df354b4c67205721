/** Which WebSocket a realtime takes, and what it says where there is none. */
import { createServer, type RtmServer } from 'rx-realtime/server';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRealtime as createInNode } from '../../src/index.node.js';
import { createRealtime, type RealtimeOptions } from '../../src/index.js';

/** A WebSocket that counts its sockets. */
const counting = () => {
  let count = 0;
  class Counting extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      count += 1;
    }
  }
  return { WebSocket: Counting, count: () => count };
};

const stub = (name: string, value: unknown): void => {
  vi.stubGlobal(name, value);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
};

describe('the WebSocket of a realtime', () => {
  let server: RtmServer;
  beforeAll(async () => {
    server = await createServer({ port: 0 });
  });
  afterAll(() => server.close());

  const logIn = async (create: typeof createRealtime, options: Partial<RealtimeOptions> = {}): Promise<void> => {
    const realtime = create({ appId: 'app', server: server.url, ...options });
    await firstValueFrom(realtime.login('Tom'));
    realtime.close();
  };

  it('is that of the platform', async () => {
    const own = counting();
    stub('WebSocket', own.WebSocket);
    await logIn(createRealtime);
    expect(own.count()).toBe(1);
  });

  it('is ws in Node, also where Node has one of its own', async () => {
    const own = counting();
    stub('WebSocket', own.WebSocket);
    await logIn(createInNode);
    expect(own.count()).toBe(0);
  });

  it('is that of the window where Node has a window', async () => {
    const own = counting();
    stub('WebSocket', own.WebSocket);
    stub('document', {});
    await logIn(createInNode);
    expect(own.count()).toBe(1);
  });

  it('is the given one before all others', async () => {
    const [own, given] = [counting(), counting()];
    stub('WebSocket', own.WebSocket);
    await logIn(createRealtime, { webSocket: given.WebSocket });
    await logIn(createInNode, { webSocket: given.WebSocket });
    expect([own.count(), given.count()]).toEqual([0, 2]);
  });

  it.each([
    ['there is none', undefined, 'this platform has no WebSocket; pass a constructor as the option `webSocket`'],
    ['it is not a constructor', {}, 'webSocket should be a constructor, but is of type object'],
  ])('ends the realtime with an error that says what to do if %s', async (_, value, message) => {
    stub('WebSocket', value);
    const realtime = createRealtime({ appId: 'app', server: server.url });
    const states = lastValueFrom(realtime.state$.pipe(toArray()));
    const expected = { _tag: 'InvalidArgument', message };
    await expect(firstValueFrom(realtime.login('Tom'))).rejects.toMatchObject(expected);
    expect((await states).at(-1)).toMatchObject({ _tag: 'Failed', error: expected });
    await expect(firstValueFrom(realtime.capabilities$)).rejects.toMatchObject(expected);
  });
});
