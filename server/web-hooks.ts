/** Hooks that call the application's back end over HTTP. */
import { createHmac } from 'node:crypto';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { decodeFailed, Int32, parseJson, record } from '../codecs/index.js';
import type { Drop, Hooks } from './hooks.js';
import { isSameSecret } from './same-secret.js';

/** The name of a hook, which its address ends with. */
export type HookName = keyof Hooks;

/** Where hooks are called, and how. */
export interface WebHookOptions {
  /** The hook `messageReceived` is called by `POST <url>/messageReceived`. */
  readonly url: string;
  /** The key of the signature, which the receiver has, too. */
  readonly secret: string;
  /** How long an answer may take, its body included, in ms. Default 3,000. */
  readonly timeout?: number;
  /** These hooks only. Default: all. */
  readonly only?: readonly HookName[];
  /**
   * What becomes of something that the application should be asked, when it can't be: no answer in time, a status
   * other than 2xx, an answer that can't be understood. `proceed`: it goes ahead, and the server's `onError` hears of
   * it. `refuse`: the client is refused, and `onError` of these options hears of it. Hooks that are only told are
   * reported either way. Default `proceed`.
   */
  readonly onFailure?: 'proceed' | 'refuse';
  /** Hears of failures for which a client was refused. Default: nobody. */
  readonly onError?: (error: unknown) => void;
  /** What requests are made with. Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** What signatures are dated by, ms since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** What a receiver has to know to trust a request. */
export interface WebHookRequest {
  readonly secret: string;
  /** The value of `X-LC-Hook-Signature`. */
  readonly header: string | undefined;
  /** The body as it came, before it is parsed. */
  readonly body: string | Uint8Array;
  /** The receiver's time, ms since 1970. */
  readonly now: number;
  /** How old a request may be, or how far ahead its clock, in ms. Default 300,000. */
  readonly maxAge?: number;
}

const HEADER = 'x-lc-hook-signature';
const TIMEOUT = 3_000;
const MAX_AGE = 300_000;
const SIGNATURE = /^t=(\d{1,15}),s=([0-9a-f]{40})$/;

const sign = (secret: string, timestamp: string | number, body: string | Uint8Array): string =>
  createHmac('sha1', secret).update(`${timestamp}.`).update(body).digest('hex');

/**
 * Whether a request comes from who has the secret, unchanged, and not too long ago. Compares in constant time.
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

const drop = { drop: t.boolean, code: Int32, detail: t.string };
const Verdict = record('Verdict', {}, drop);
const ContentVerdict = record('ContentVerdict', {}, { ...drop, content: t.string, bin: t.boolean });
const MembersVerdict = record('MembersVerdict', {}, { ...drop, members: t.readonlyArray(t.string) });

/** A no; nothing where it is none. */
const dropIn = ({ drop: isNo = false, code, detail }: t.TypeOf<typeof Verdict>): Drop | undefined =>
  isNo
    ? { drop: true, ...(code === undefined ? {} : { code }), ...(detail === undefined ? {} : { detail }) }
    : undefined;

/**
 * Hooks that ask and tell the application's back end over HTTP: each is a POST with what the hook is called with as
 * JSON, signed in `X-LC-Hook-Signature: t=<ms since 1970>,s=<hex HMAC-SHA1 of "<t>.<body>">`. Status 204, an empty
 * body or `{}` is a yes; other answers are JSON, as the hook may answer. Redirects are not followed.
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

  /** The text of an answer. */
  const post = async (name: HookName, event: object): Promise<string> => {
    const body = JSON.stringify(event);
    const timestamp = now();
    const response = await fetch(`${base}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [HEADER]: `t=${timestamp},s=${sign(secret, timestamp, body)}` },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the web hook ${name} was answered with status ${response.status}`);
    return text;
  };

  const tell =
    (name: HookName) =>
    async (event: object): Promise<void> => {
      await post(name, event);
    };

  const read = <A>(name: HookName, codec: t.Decoder<unknown, A>, text: string): A => {
    const json = parseJson(text.trim() === '' ? '{}' : text);
    if (E.isLeft(json)) throw new Error(`the web hook ${name} was not answered with JSON`);
    const verdict = codec.decode(json.right);
    if (E.isLeft(verdict)) throw new Error(`the answer of the web hook ${name}: ${decodeFailed(verdict.left).message}`);
    return verdict.right;
  };

  const ask =
    <A extends t.TypeOf<typeof Verdict>, C>(
      name: HookName,
      codec: t.Decoder<unknown, A>,
      change: (answer: A) => C | undefined,
    ) =>
    async (event: object): Promise<undefined | Drop | C> => {
      try {
        const answer = read(name, codec, await post(name, event));
        return dropIn(answer) ?? change(answer);
      } catch (error) {
        // The server reports it and goes ahead.
        if (onFailure === 'proceed') throw error;
        onError(error);
        return { drop: true, detail: 'the application could not be asked; try again' };
      }
    };

  /** Only what has changed: the rest stays as the message has it. */
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

  // A hook that is not there costs nothing: who is offline is not even looked up.
  return only === undefined
    ? all
    : Object.fromEntries(Object.entries(all).filter(([name]) => only.some((wanted) => wanted === name)));
};
