import { WebSocket } from 'ws';
import { platformWebSocket } from './implementation.js';
import type { WebSocketConstructor } from './socket.js';

/**
 * The WebSocket in Node: `ws`, in every version. Node 22 and later have one of their own, which can't be paused and
 * fires no `close` after a connection that failed. In a window (Electron, jsdom) it is the window's.
 */
export const nodeWebSocket = (): WebSocketConstructor =>
  'document' in globalThis ? (platformWebSocket() ?? WebSocket) : WebSocket;
