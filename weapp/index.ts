/**
 * `rx-realtime/weapp`: for mini programs, whose platform is `wx` instead of `WebSocket`, `fetch` and IndexedDB.
 *
 * @packageDocumentation
 */
import type { RealtimeOptions } from '../src/index.js';
import { lifecycleOf, networkOf } from './device.js';
import { weappFetch } from './fetch.js';
import { weappSocket } from './socket.js';
import type { WeappDevice, WeappRequests, WeappSockets } from './wx.js';

export { weappFetch } from './fetch.js';
export { weappFile, type WeappFile } from './file.js';
export { weappOutbox } from './outbox.js';
export { weappSocket } from './socket.js';
export { weappUpload } from './upload.js';
export type {
  WeappDevice,
  WeappFailure,
  WeappFiles,
  WeappHead,
  WeappNetwork,
  WeappRequests,
  WeappRequestTask,
  WeappSockets,
  WeappSocketTask,
  WeappStorage,
  WeappUploads,
  WeappUploadTask,
} from './wx.js';

/**
 * The options of a realtime in a mini program: its sockets and requests, whether there is a network, and when the
 * program comes to the foreground.
 *
 * @example createRealtime({ appId: 'my-app', server: 'wss://chat.example.com', ...weappOptions(wx) });
 */
export const weappOptions = (
  wx: WeappSockets & WeappRequests & WeappDevice,
): Required<Pick<RealtimeOptions, 'webSocket' | 'fetch' | 'network$' | 'lifecycle$'>> => ({
  webSocket: weappSocket(wx),
  fetch: weappFetch(wx),
  network$: networkOf(wx),
  lifecycle$: lifecycleOf(wx),
});
