import { InvalidArgument } from '../errors.js';
import type { WebSocketConstructor } from './socket.js';

/** The WebSocket of the platform. Undefined if the platform has none: Node 20, and mini programs. */
export const platformWebSocket = (): WebSocketConstructor | undefined =>
  (globalThis as { readonly WebSocket?: WebSocketConstructor }).WebSocket;

/** The WebSocket to use: the given one, or that of the platform. An error if this is not a constructor. */
export const implementation = (given: WebSocketConstructor | undefined): WebSocketConstructor | InvalidArgument => {
  const found: unknown = given ?? platformWebSocket();
  return typeof found === 'function'
    ? (found as WebSocketConstructor)
    : new InvalidArgument(
        found === undefined
          ? 'this platform has no WebSocket; pass a constructor as the option `webSocket`'
          : `webSocket should be a constructor, but is of type ${typeof found}`,
      );
};
