/** `rx-realtime` as Node loads it. No other platform does, so none of them has to load or to bundle `ws`. */
import { nodeWebSocket } from './connection/node-web-socket.js';
import { createRealtime as createWithGiven } from './create-realtime.js';
export * from './index.js';

// This one takes the place of the one in `index.js`.
export const createRealtime: typeof createWithGiven = (options) =>
  createWithGiven({ ...options, webSocket: options.webSocket ?? nodeWebSocket() });
