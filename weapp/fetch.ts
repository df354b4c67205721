import type { Fetch, FetchAnswer } from '../src/index.js';
import { exactly } from './exactly.js';
import type { WeappHead, WeappRequests } from './wx.js';

/** The value of a field. Platforms give its name as it was sent, in lower case, or with capitals. */
const field = (header: WeappHead['header'], name: string): string | null => {
  const wanted = name.toLowerCase();
  const [, value] = Object.entries(header ?? {}).find(([key]) => key.toLowerCase() === wanted) ?? [];
  return value ?? null;
};

/** The JSON of an answer. A platform that does not know `dataType` has parsed it. */
const parsed = (data: unknown): Promise<unknown> =>
  new Promise((resolve) => resolve(typeof data === 'string' ? JSON.parse(data) : data));

/** An answer with what the platform has told of it. */
export const answerOf = (status: number, header: WeappHead['header'], data: unknown): FetchAnswer => ({
  ok: status >= 200 && status < 300,
  status,
  headers: { get: (name) => field(header, name) },
  json: () => parsed(data),
});

const FOUND = 302;
const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/**
 * `fetch` over `wx.request`, for the option `fetch`: what the router and the HTTP API of the server are asked. It sends
 * text and bytes, and reads JSON. Redirects are not followed, on WeChat from library 3.2.2 on.
 *
 * Rejects if there is no answer, with the text of `fail`.
 *
 * @example createRealtime({ appId: 'my-app', server: 'https://chat.example.com', fetch: weappFetch(wx) });
 */
export const weappFetch =
  (wx: WeappRequests): Fetch =>
  (url, { method, headers, body, signal } = { method: 'GET', headers: {} }) =>
    new Promise((resolve, reject) => {
      if (method !== 'GET' && method !== 'POST') throw new TypeError(`weappFetch: ${method} is not GET or POST`);
      if (typeof body === 'object' && !(body instanceof Uint8Array))
        throw new TypeError('weappFetch: wx.request sends text and bytes, not a Blob');
      const abort = (): void => task.abort();
      const answer = (status: number, header: WeappHead['header'], data: unknown): void => {
        signal?.removeEventListener('abort', abort);
        resolve(answerOf(status, header, data));
      };
      const task = wx.request({
        url,
        method,
        header: headers,
        ...(body === undefined ? {} : { data: typeof body === 'string' ? body : exactly(body) }),
        // Any other than `json` is left as it is.
        dataType: 'text',
        responseType: 'text',
        redirect: 'manual',
        success: ({ statusCode, header, data }) => answer(statusCode, header, data),
        fail: ({ errMsg }) => {
          signal?.removeEventListener('abort', abort);
          reject(new Error(errMsg));
        },
      });
      // A redirect that is not followed ends the request with its head: neither `success` nor `fail` is called.
      task.onHeadersReceived?.(({ header, statusCode }) => {
        const status = statusCode ?? (field(header, 'location') === null ? 0 : FOUND);
        if (isRedirect(status)) answer(status, header, '');
      });
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort);
    });
