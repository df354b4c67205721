/** Hooks that call the application's back end over HTTP. */
import { createHmac } from 'node:crypto';
import { either as E } from 'fp-ts';
import { parseJson } from '../codecs/index.js';
import type { Drop, Hooks } from './hooks.js';
import { isSameSecret } from './same-secret.js';
import { HookUnreachable } from './told-hooks.js';
import { readContent, readMembers, readPlain, type ReadVerdict } from './verdicts.js';

/** The name of a hook; the hook's address ends with it. */
export type HookName = keyof Hooks;

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
/** The statuses of failures that may pass: too slow, too many requests, an error of the server. */
const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** The longest answer of a back end, bytes: room for all members that a command may name. */
const MAX_ANSWER = 1_048_576;

class WrongStatus extends Error {
  constructor(
    name: HookName,
    readonly status: number,
  ) {
    super(`the web hook ${name} was answered with status ${status}`);
  }
}

const SIGNATURE = /^t=(\d{1,15}),s=([0-9a-f]{40})$/;

/** A redirect could take an event to another server. */
const isRedirect = (status: number): boolean => status > 300 && status < 309 && status !== 304;

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

/** The body of an answer, of at most `MAX_ANSWER` bytes. */
const textOf = async (name: HookName, { body }: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER) throw new Error(`the web hook ${name} was answered with more than ${MAX_ANSWER} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
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

  /** Sends an event and gives the text of the answer. */
  const post = async (name: HookName, event: object): Promise<string> => {
    const body = JSON.stringify(event);
    const timestamp = now();
    const response = await fetch(`${base}/${name}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [HEADER]: `t=${timestamp},s=${sign(secret, timestamp, name, body)}`,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    const text = await textOf(name, response);
    if (response.type === 'opaqueredirect' || response.redirected || isRedirect(response.status))
      throw new Error(`the web hook ${name} was answered with a redirect, which is not followed`);
    if (!response.ok) throw new WrongStatus(name, response.status);
    return text;
  };

  const tell =
    (name: HookName) =>
    async (event: object): Promise<void> => {
      try {
        await post(name, event);
      } catch (error) {
        if (error instanceof WrongStatus && !mayPass(error.status)) throw error;
        throw new HookUnreachable(`the web hook ${name} could not be called: ${String(error)}`, { cause: error });
      }
    };

  const jsonIn = (name: HookName, text: string): unknown => {
    const json = parseJson(text.trim() === '' ? '{}' : text);
    if (E.isLeft(json)) throw new Error(`the web hook ${name} was not answered with JSON`);
    // A function may answer with nothing. JSON has no such answer.
    if (json.right === null) throw new Error(`the web hook ${name} was answered with null`);
    return json.right;
  };

  const ask =
    <C>(name: HookName, read: ReadVerdict<C>) =>
    async (event: object): Promise<undefined | Drop | C> => {
      try {
        return read(name, jsonIn(name, await post(name, event)));
      } catch (error) {
        // The server reports the error and goes ahead.
        if (onFailure === 'proceed') throw error;
        onError(error);
        return { drop: true, detail: 'the application could not be asked; try again' };
      }
    };

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
  } satisfies Required<Hooks>;

  // Without a hook for it, the server does not even look up which members are offline.
  return only === undefined
    ? all
    : Object.fromEntries(Object.entries(all).filter(([name]) => only.some((wanted) => wanted === name)));
};
