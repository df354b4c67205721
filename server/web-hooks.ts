/** Hooks that call the application's back end over HTTP. */
import { createHmac } from 'node:crypto';
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import { decodeFailed, parseJson } from '../codecs/index.js';
import { ContentVerdict, MembersVerdict, Verdict, dropIn } from './hook-verdicts.js';
import type { Drop, Hooks } from './hooks.js';
import { isSameSecret } from './same-secret.js';
import { HookUnreachable } from './told-hooks.js';

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
class WrongStatus extends Error {
  constructor(
    name: HookName,
    readonly status: number,
  ) {
    super(`the web hook ${name} was answered with status ${status}`);
  }
}

const SIGNATURE = /^t=(\d{1,15}),s=([0-9a-f]{40})$/;

const sign = (secret: string, timestamp: string | number, body: string | Uint8Array): string =>
  createHmac('sha1', secret).update(`${timestamp}.`).update(body).digest('hex');

/**
 * Whether a request was signed with the secret, is unchanged, and is not too old. Compares in constant time.
 *
 * @example
 * if (!verifyWebHook({ secret, header: request.headers['x-lc-hook-signature'], body, now: Date.now() }))
 *   response.writeHead(401).end();
 */
export const verifyWebHook = ({ secret, header = '', body, now, maxAge = MAX_AGE }: WebHookRequest): boolean => {
  const [, timestamp, signature] = SIGNATURE.exec(header) ?? [];
  if (timestamp === undefined || signature === undefined) return false;
  return isSameSecret(signature, sign(secret, timestamp, body)) && Math.abs(now - Number(timestamp)) <= maxAge;
};

/**
 * Hooks that call the application's back end over HTTP. Each call is a POST with the hook's argument as JSON. Its
 * signature is in the header `X-LC-Hook-Signature: t=<ms since 1970>,s=<hex HMAC-SHA1 of "<t>.<body>">`. Status 204,
 * an empty body or `{}` accepts; any other answer is JSON with the hook's verdict. Redirects are not followed.
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
    const headers = {
      'content-type': 'application/json',
      [HEADER]: `t=${timestamp},s=${sign(secret, timestamp, body)}`,
    };
    const signal = AbortSignal.timeout(timeout);
    const response = await fetch(`${base}/${name}`, { method: 'POST', headers, body, redirect: 'error', signal });
    const text = await response.text();
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

  const read = <A>(name: HookName, codec: t.Decoder<unknown, A>, text: string): A => {
    const json = parseJson(text.trim() === '' ? '{}' : text);
    if (E.isLeft(json)) throw new Error(`the web hook ${name} was not answered with JSON`);
    const verdict = codec.decode(json.right);
    if (E.isLeft(verdict)) throw new Error(`the answer of the web hook ${name}: ${decodeFailed(verdict.left).message}`);
    return verdict.right;
  };

  const ask =
    <A extends Verdict, C>(name: HookName, codec: t.Decoder<unknown, A>, change: (answer: A) => C | undefined) =>
    async (event: object): Promise<undefined | Drop | C> => {
      try {
        const answer = read(name, codec, await post(name, event));
        return dropIn(answer) ?? change(answer);
      } catch (error) {
        // The server reports the error and goes ahead.
        if (onFailure === 'proceed') throw error;
        onError(error);
        return { drop: true, detail: 'the application could not be asked; try again' };
      }
    };

  /** Only the changed fields; the message keeps the others. */
  const changedContent = ({ content, bin }: t.TypeOf<typeof ContentVerdict>) => ({
    ...(content === undefined ? {} : { content }),
    ...(bin === undefined ? {} : { bin }),
  });
  const chosenMembers = ({ members }: t.TypeOf<typeof MembersVerdict>) =>
    members === undefined ? undefined : { members };
  const unchanged = (): undefined => undefined;

  const all = {
    messageReceived: ask('messageReceived', ContentVerdict, changedContent),
    messageSent: tell('messageSent'),
    messageUpdate: ask('messageUpdate', ContentVerdict, changedContent),
    receiversOffline: tell('receiversOffline'),
    conversationStart: ask('conversationStart', Verdict, unchanged),
    conversationStarted: tell('conversationStarted'),
    conversationAdd: ask('conversationAdd', MembersVerdict, chosenMembers),
    conversationAdded: tell('conversationAdded'),
    conversationRemove: ask('conversationRemove', MembersVerdict, chosenMembers),
    conversationRemoved: tell('conversationRemoved'),
    conversationUpdate: ask('conversationUpdate', Verdict, unchanged),
    clientOnline: tell('clientOnline'),
    clientOffline: tell('clientOffline'),
  } satisfies Required<Hooks>;

  // Without a hook for it, the server does not even look up which members are offline.
  return only === undefined
    ? all
    : Object.fromEntries(Object.entries(all).filter(([name]) => only.some((wanted) => wanted === name)));
};
