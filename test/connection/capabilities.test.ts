import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { createRealtime, type RealtimeOptions } from '../../src/index.node.js';
import { fakeNetwork } from '../../marble-tests/fake-web-socket.js';

const capabilities = (options: Partial<RealtimeOptions> = {}) =>
  firstValueFrom(createRealtime({ appId: 'app', server: 'ws://127.0.0.1:1', ...options }).capabilities$);

describe('the capabilities of a socket', () => {
  it('include pause with the ws package, given or found', async () => {
    expect(await capabilities({ webSocket: WebSocket })).toEqual({ pause: true });
    expect(await capabilities()).toEqual({ pause: true });
  });

  it('do not include pause with a WebSocket like that of browsers', async () => {
    expect(await capabilities({ webSocket: fakeNetwork().WebSocket })).toEqual({ pause: false });
  });
});
