/** Calls the HTTP API as a back end does. */
import type { RtmServer, ServerOptions } from 'rx-realtime/server';
import { serve } from '../raw-client.js';

const options: ServerOptions = { masterKey: 'master', signed: [], appId: 'app' };
const KEY = { 'x-lc-id': 'app', 'x-lc-key': 'master,master' };

export interface Result {
  readonly status: number;
  /** What the answer is: an object, or a list. */
  readonly json: unknown;
  readonly headers: Headers;
}

/** `path` begins with a slash. A body that is a text is sent as it is. */
export type Call = (method: string, path: string, body?: unknown) => Promise<Result>;

export const callerOf =
  ({ port }: RtmServer, headers: Record<string, string> = KEY): Call =>
  async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  };

export const served = async (
  more: ServerOptions = {},
): Promise<{ readonly server: RtmServer; readonly call: Call }> => {
  const server = await serve({ ...options, ...more });
  return { server, call: callerOf(server) };
};

/** Creates a conversation, and gives its id. */
export const created = async (call: Call, path: string, body: object): Promise<string> => {
  const { json } = await call('POST', path, body);
  return String(Reflect.get(json as object, 'objectId'));
};

/** A query: `?a=1&b=%7B%7D`. Values that are objects are JSON. */
export const query = (values: Readonly<Record<string, unknown>>): string =>
  `?${new URLSearchParams(
    Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  ).toString()}`;
