import { defer, from, map, of, type Observable } from 'rxjs';
import type { WebSocketConstructor } from './socket.js';

/** Node's own WebSocket, which it has from version 22 on, can't be paused, and costs more for each frame. */
const isNode = (): boolean => {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined && !('document' in globalThis);
};

/**
 * Cold: the WebSocket to use, then complete. In Node the `ws` package, elsewhere the platform's own; the package is loaded only where it is used, so that bundles for browsers need not have it.
 */
export const implementation = (given: WebSocketConstructor | undefined): Observable<WebSocketConstructor> =>
  defer(() => {
    const own = given ?? (isNode() ? undefined : (globalThis as { readonly WebSocket?: WebSocketConstructor }).WebSocket);
    return own === undefined ? from(import('ws')).pipe(map(({ WebSocket }): WebSocketConstructor => WebSocket)) : of(own);
  });
