import type { OutboxStorage } from '../src/index.js';
import type { WeappStorage } from './wx.js';

/** An owner is any text. In quotes, none is the beginning of another. */
const prefixOf = (owner: string): string => `rx-realtime outbox ${JSON.stringify(owner)} `;

const read = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The codec reports this content.
    return text;
  }
};

/**
 * An outbox storage in the storage of a mini program: messages that wait outlive its end. Each message is one entry.
 * WeChat keeps 10 MB in all and 1 MB for each entry; a message that finds no room fails with `StorageFailed`.
 *
 * @example createRealtime({ appId: 'my-app', server, outbox: createOutbox({ storage: weappOutbox(wx) }) });
 */
export const weappOutbox = (wx: WeappStorage): OutboxStorage => ({
  load: (owner) => {
    const own = wx.getStorageInfoSync().keys.filter((key) => key.startsWith(prefixOf(owner)));
    return [own.map((key) => read(String(wx.getStorageSync(key))))];
  },
  put: (owner, message) => {
    wx.setStorageSync(prefixOf(owner) + message.token, JSON.stringify(message));
    return [];
  },
  remove: (owner, token) => {
    wx.removeStorageSync(prefixOf(owner) + token);
    return [];
  },
});
