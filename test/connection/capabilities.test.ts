import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { createRealtime, type RealtimeOptions } from '../../src/index.js';
import { fakeNetwork } from '../../marble-tests/fake-web-socket.js';

const capabilities = (options: Partial<RealtimeOptions> = {}) =>
  firstValueFrom(createRealtime({ appId: 'app', server: 'ws://127.0.0.1:1', ...options }).capabilities$);

describe('what a socket can do', () => {
  it('is to be paused, where it is that of Node: given, or found', async () => {
    expect(await capabilities({ webSocket: WebSocket })).toEqual({ pause: true });
    expect(await capabilities()).toEqual({ pause: true });
  });

  it('is not to be paused, where it has no more than those of browsers', async () => {
    expect(await capabilities({ webSocket: fakeNetwork().WebSocket })).toEqual({ pause: false });
  });
});
