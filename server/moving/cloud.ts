/** Reads conversations and messages from the HTTP API of the cloud, page by page. */
import { either as E } from 'fp-ts';
import { JsonObject, parseJson, SafeInteger, type Json } from '../../codecs/index.js';

export interface CloudOptions {
  /** The address of the API of the application, such as `https://abcdefgh.example.com`. */
  readonly url: string;
  readonly appId: string;
  /** The master key. No error shows it. */
  readonly masterKey: string;
  /** Requests per second, at most. */
  readonly rate: number;
  readonly fetch: typeof fetch;
  /** ms since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

interface Page {
  readonly items: readonly Json[];
  /** Where the next page begins; undefined after the last page. */
  readonly next?: string;
}

/** A message from which on the next page goes. */
export interface MessagePlace {
  readonly timestamp: number;
  readonly id: string;
}

interface MessagePage {
  readonly items: readonly Json[];
  readonly last?: MessagePlace;
}

export interface Cloud {
  /** How many conversations there are. */
  readonly count: () => Promise<number>;
  /** A page of conversations after the cursor. Rejects with a `CursorLost` if the cloud has forgotten the cursor. */
  readonly conversations: (cursor: string | undefined) => Promise<Page>;
  /** A page of the messages of all conversations, oldest first, after a place. */
  readonly messages: (after: MessagePlace | undefined) => Promise<MessagePage>;
  /** A page of the subscribers of a system conversation, after a client. */
  readonly subscribers: (id: string, after: string | undefined) => Promise<readonly string[]>;
}

/** The cloud has forgotten where a page begins. */
export class CursorLost extends Error {}

const CONVERSATIONS = 1_000;
const MESSAGES = 1_000;
const SUBSCRIBERS = 50;
const ATTEMPTS = 8;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
/** The cloud answers within this time, ms. */
const PATIENCE = 60_000;

const isAgain = (status: number): boolean => status === 429 || status >= 500;

const explained = (text: string): string => {
  const json = parseJson(text);
  const error = E.isRight(json) && JsonObject.is(json.right) ? json.right['error'] : undefined;
  return typeof error === 'string' ? `: ${error.slice(0, 200)}` : '';
};

const ADVICE: Readonly<Record<number, string>> = {
  401: ' (is it the master key of this application?)',
  403: ' (is it the master key of this application?)',
  404: ' (is the address the one of the API of this application?)',
};

const listIn = (json: Json, path: string): readonly Json[] => {
  if (Array.isArray(json)) return json as readonly Json[];
  const results = JsonObject.is(json) ? json['results'] : undefined;
  if (!Array.isArray(results)) throw new Error(`the cloud gave no list for ${path}`);
  return results as readonly Json[];
};

const placeOf = (item: Json | undefined): MessagePlace | undefined => {
  if (item === undefined || !JsonObject.is(item)) return undefined;
  const { 'msg-id': id, timestamp } = item;
  return typeof id === 'string' && SafeInteger.is(timestamp) ? { timestamp, id } : undefined;
};

export const createCloud = ({ url, appId, masterKey, rate, fetch, now, wait }: CloudOptions): Cloud => {
  const headers = { 'X-LC-Id': appId, 'X-LC-Key': `${masterKey},master` };
  let free = -Infinity;

  const once = async (path: string): Promise<E.Either<{ readonly why: string; readonly after?: number }, Json>> => {
    const start = Math.max(now(), free);
    free = start + 1_000 / rate;
    if (start > now()) await wait(start - now());
    let response: Response;
    let text: string;
    try {
      // The key goes to this address only.
      response = await fetch(new URL(path, url), {
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE),
      });
      text = await response.text();
    } catch (error) {
      const { message, cause } = error instanceof Error ? error : new Error(String(error));
      return E.left({ why: cause instanceof Error ? `${message}: ${cause.message}` : message });
    }
    const { status } = response;
    if (status === 200) {
      const json = parseJson(text);
      return E.isRight(json) ? json : E.left({ why: 'the answer is no JSON' });
    }
    const why = `status ${status}${explained(text)}${ADVICE[status] ?? ''}`;
    if (!isAgain(status)) {
      const text = `${new URL(url).host}${path.replace(/\?.*/, '')}: ${why}`;
      throw status === 400 ? new CursorLost(text) : new Error(text);
    }
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    return E.left({ why, ...(seconds > 0 ? { after: seconds * 1_000 } : {}) });
  };

  const get = async (
    path: string,
    query: Readonly<Record<string, string | number | undefined>> = {},
  ): Promise<Json> => {
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    );
    let pause = FIRST_WAIT;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(`${path}?${search.toString()}`);
      if (E.isRight(answer)) return answer.right;
      const { why, after = pause } = answer.left;
      if (attempt >= ATTEMPTS) throw new Error(`${new URL(url).host}${path}: ${why}, ${ATTEMPTS} times`);
      await wait(Math.min(after, LONGEST_WAIT));
      pause = Math.min(pause * 2, LONGEST_WAIT);
    }
  };

  return {
    count: async () => {
      const json = await get('/1.1/classes/_Conversation', { count: 1, limit: 0 });
      const count = JsonObject.is(json) ? json['count'] : undefined;
      return typeof count === 'number' ? count : NaN;
    },

    conversations: async (cursor) => {
      const path = '/1.1/scan/classes/_Conversation';
      const json = await get(path, { limit: CONVERSATIONS, cursor });
      const next = JsonObject.is(json) ? json['cursor'] : undefined;
      const items = listIn(json, path);
      return { items, ...(typeof next === 'string' && next !== '' && items.length > 0 ? { next } : {}) };
    },

    messages: async (after) => {
      const path = '/1.2/rtm/messages';
      const from = after === undefined ? { timestamp: 0 } : { timestamp: after.timestamp, msgid: after.id };
      const items = listIn(await get(path, { limit: MESSAGES, reversed: 'true', ...from }), path);
      const last = placeOf(items.at(-1));
      if (items.length > 0 && (last === undefined || last.id === after?.id))
        throw new Error(`${path}: the cloud gave no message from which the next page could begin`);
      return { items, ...(last === undefined ? {} : { last }) };
    },

    subscribers: async (id, after) => {
      const path = `/1.2/rtm/service-conversations/${encodeURIComponent(id)}/subscribers`;
      const items = listIn(await get(path, { limit: SUBSCRIBERS, client_id: after }), path);
      return items.flatMap((item) => {
        const client = JsonObject.is(item) ? item['subscriber'] : undefined;
        return typeof client === 'string' ? [client] : [];
      });
    },
  };
};
