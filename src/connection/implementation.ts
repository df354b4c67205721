import { defer, from, map, of, type Observable } from 'rxjs';
import type { WebSocketConstructor } from './socket.js';

/** Node 22 and later have a WebSocket of their own. It can't be paused, and each frame costs more than with `ws`. */
const isNode = (): boolean => {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined && !('document' in globalThis);
};

/**
 * Cold: emits the WebSocket implementation to use, then completes. In Node that is the `ws` package, elsewhere that
 * of the platform. The package is loaded only where it is used, so that bundles for browsers need not contain it.
 */
export const implementation = (given: WebSocketConstructor | undefined): Observable<WebSocketConstructor> =>
  defer(() => {
    const own =
      given ?? (isNode() ? undefined : (globalThis as { readonly WebSocket?: WebSocketConstructor }).WebSocket);
    return own === undefined
      ? from(import('ws')).pipe(map(({ WebSocket }): WebSocketConstructor => WebSocket))
      : of(own);
  });
