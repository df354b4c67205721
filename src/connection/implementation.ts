import { defer, from, map, of, type Observable } from 'rxjs';
import type { WebSocketConstructor } from './socket.js';

/**
 * Cold: the WebSocket to use, then complete. Where the platform has none of its own (Node before 22), the `ws` package; it is loaded only there, so that bundles for browsers
 * need not have it.
 */
export const implementation = (given: WebSocketConstructor | undefined): Observable<WebSocketConstructor> =>
  defer(() => {
    const own = given ?? (globalThis as { readonly WebSocket?: WebSocketConstructor }).WebSocket;
    return own === undefined ? from(import('ws')).pipe(map(({ WebSocket }): WebSocketConstructor => WebSocket)) : of(own);
  });
