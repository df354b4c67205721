/** Requests of hooks to the application's back end. */
import { either as E } from 'fp-ts';
import { parseJson } from '../codecs/index.js';
import type { Drop, Hooks } from './hooks.js';
import { HookUnreachable } from './told-hooks.js';

/** The name of a hook that is called over HTTP. */
export type HookName = Exclude<keyof Hooks, 'messageSentTo'>;

/** The statuses of failures that may pass: too slow, too many requests, an error of the server. */
const mayPass = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** The longest answer of a back end, bytes: room for all members that a command may name. */
const MAX_ANSWER = 1_048_576;

export class WrongStatus extends Error {
  constructor(
    name: HookName,
    readonly status: number,
  ) {
    super(`the web hook ${name} was answered with status ${status}`);
  }
}

/** A redirect could take an event to another server. */
const isRedirect = (status: number): boolean => status > 300 && status < 309 && status !== 304;

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

/** How requests are sent. */
export interface HookRequests {
  readonly fetch: typeof globalThis.fetch;
  /** Time limit for an answer with its body, ms. */
  readonly timeout: number;
}

/**
 * Sends JSON and gives the text of the answer. Redirects are not followed. Rejects with a `WrongStatus` for a status
 * other than 2xx.
 */
export const postHook = async (
  { fetch, timeout }: HookRequests,
  name: HookName,
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> => {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
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

/** Runs a call of a hook that is only informed. A failure that may pass is tried again later. */
export const tellHook = async (name: HookName, call: () => Promise<unknown>): Promise<void> => {
  try {
    await call();
  } catch (error) {
    if (error instanceof WrongStatus && !mayPass(error.status)) throw error;
    throw new HookUnreachable(`the web hook ${name} could not be called: ${String(error)}`, { cause: error });
  }
};

/** What happens if a hook that decides fails. */
export interface HookFailure {
  readonly onFailure: 'proceed' | 'refuse';
  /** Called with a failure for which a client was refused. */
  readonly onError: (error: unknown) => void;
}

/** Runs a call of a hook that decides. If it fails, the action goes ahead, or is refused. */
export const askHook = async <C>(
  { onFailure, onError }: HookFailure,
  call: () => Promise<undefined | Drop | C>,
): Promise<undefined | Drop | C> => {
  try {
    return await call();
  } catch (error) {
    // The server reports the error and goes ahead.
    if (onFailure === 'proceed') throw error;
    onError(error);
    return { drop: true, detail: 'the application could not be asked; try again' };
  }
};

/** The JSON of an answer. An empty answer is an empty object. */
export const jsonIn = (name: HookName, text: string): unknown => {
  const json = parseJson(text.trim() === '' ? '{}' : text);
  if (E.isLeft(json)) throw new Error(`the web hook ${name} was not answered with JSON`);
  return json.right;
};
