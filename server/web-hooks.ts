/** Hooks that call the application's back end over HTTP. */
import { createHmac } from 'node:crypto';
import { askHook, jsonIn, postHook, tellHook, type HookName } from './hook-request.js';
import type { Drop, Hooks } from './hooks.js';
import { isSameSecret } from './same-secret.js';
import { readContent, readMembers, readPlain, type ReadVerdict } from './verdicts.js';

export type { HookName };

/** The address of the hooks, and how they are called. */
export interface WebHookOptions {
  /** The base address: the hook `messageReceived` is called by `POST <url>/messageReceived`. */
  readonly url: string;
  /** The key of the signatures. The receiver has it too. */
  readonly secret: string;
  /** Time limit for an answer with its body, ms. Default 3,000. */
  readonly timeout?: number;
  /** Only these hooks are called. Default: all hooks. */
  readonly only?: readonly HookName[];
  /**
   * What happens if a hook that decides fails: no answer in time, a status other than 2xx, or an answer that can't be
   * understood. With `proceed` the action goes ahead, and the error goes to the server's `onError`. With `refuse` the
   * client is refused, and the error goes to the `onError` of these options. Failures of hooks that are only informed
   * go to the server's `onError` in both cases; those calls are tried again, three times within some ten seconds, if
   * the failure may pass: no answer, or a status of 408, 429 or 5xx. Default `proceed`.
   */
  readonly onFailure?: 'proceed' | 'refuse';
  /** Called with a failure for which a client was refused. Default: does nothing. */
  readonly onError?: (error: unknown) => void;
  /** The function that sends requests. Default: the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Gives the time for signatures, ms since 1970. Default: the system clock. */
  readonly now?: () => number;
}

/** The parts of a request that a receiver needs to verify it. */
export interface WebHookRequest {
  readonly secret: string;
  /** The name of the hook: the last part of the path that was asked for. */
  readonly hook: string;
  /** The value of `X-LC-Hook-Signature`. */
  readonly header: string | undefined;
  /** The body as it was received, before it is parsed. */
  readonly body: string | Uint8Array;
  /** The receiver's time, ms since 1970. */
  readonly now: number;
  /** Greatest difference between the request's time and the receiver's, ms. Default 300,000. */
  readonly maxAge?: number;
}

const HEADER = 'x-lc-hook-signature';
const TIMEOUT = 3_000;
const MAX_AGE = 300_000;
const SIGNATURE = /^t=(\d{1,15}),s=([0-9a-f]{40})$/;

/** A request to one hook is not valid for another. */
const sign = (secret: string, timestamp: string | number, hook: string, body: string | Uint8Array): string =>
  createHmac('sha1', secret).update(`${timestamp}.${hook}.`).update(body).digest('hex');

/**
 * Whether a request was signed with the secret for this hook, is unchanged, and is not too old. Compares in constant
 * time.
 *
 * @example
 * const hook = request.url.split('/').at(-1);
 * if (!verifyWebHook({ secret, hook, header: request.headers['x-lc-hook-signature'], body, now: Date.now() }))
 *   response.writeHead(401).end();
 */
export const verifyWebHook = ({ secret, hook, header = '', body, now, maxAge = MAX_AGE }: WebHookRequest): boolean => {
  const [, timestamp, signature] = SIGNATURE.exec(header) ?? [];
  // A dot in the name could be taken for the one before the body.
  if (timestamp === undefined || signature === undefined || !/^\w+$/.test(hook)) return false;
  return isSameSecret(signature, sign(secret, timestamp, hook, body)) && Math.abs(now - Number(timestamp)) <= maxAge;
};

/**
 * Hooks that call the application's back end over HTTP. Each call is a POST with the hook's argument as JSON. Its
 * signature is in the header `X-LC-Hook-Signature: t=<ms since 1970>,s=<hex HMAC-SHA1 of "<t>.<hook>.<body>">`. Status
 * 204, an empty body or `{}` accepts; any other answer is JSON with the hook's verdict. Redirects are not followed.
 *
 * @example
 * createServer({
 *   hooks: webHooks({ url: 'https://example.com/hooks', secret, only: ['messageReceived'], onFailure: 'refuse' }),
 * });
 */
export const webHooks = (options: WebHookOptions): Hooks => {
  const { url, secret, timeout = TIMEOUT, only, onFailure = 'proceed', onError = () => undefined } = options;
  const { fetch = globalThis.fetch, now = Date.now } = options;
  if (secret === '') throw new RangeError('secret: an empty key is none');
  const base = url.endsWith('/') ? url.slice(0, -1) : url;

  const requests = { fetch, timeout };

  /** Sends an event and gives the text of the answer. */
  const post = (name: HookName, event: object): Promise<string> => {
    const body = JSON.stringify(event);
    const timestamp = now();
    const signature = { [HEADER]: `t=${timestamp},s=${sign(secret, timestamp, name, body)}` };
    return postHook(requests, name, `${base}/${name}`, signature, body);
  };

  const tell = (name: HookName) => (event: object) => tellHook(name, () => post(name, event));

  const ask =
    <C>(name: HookName, read: ReadVerdict<C>) =>
    (event: object): Promise<undefined | Drop | C> =>
      askHook({ onFailure, onError }, async () => {
        const json = jsonIn(name, await post(name, event));
        // A function may answer with nothing. JSON has no such answer.
        if (json === null) throw new Error(`the web hook ${name} was answered with null`);
        return read(name, json);
      });

  const all = {
    messageReceived: ask('messageReceived', readContent),
    messageSent: tell('messageSent'),
    messageUpdate: ask('messageUpdate', readContent),
    receiversOffline: tell('receiversOffline'),
    conversationStart: ask('conversationStart', readPlain),
    conversationStarted: tell('conversationStarted'),
    conversationAdd: ask('conversationAdd', readMembers),
    conversationAdded: tell('conversationAdded'),
    conversationRemove: ask('conversationRemove', readMembers),
    conversationRemoved: tell('conversationRemoved'),
    conversationUpdate: ask('conversationUpdate', readPlain),
    clientOnline: tell('clientOnline'),
    clientOffline: tell('clientOffline'),
  } satisfies Required<Omit<Hooks, 'messageSentTo'>>;

  // Without a hook for it, the server does not even look up which members are offline.
  return only === undefined
    ? all
    : Object.fromEntries(Object.entries(all).filter(([name]) => only.some((wanted) => wanted === name)));
};
