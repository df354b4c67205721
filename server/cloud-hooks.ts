/** Hooks that call an application's back end as the vendor's cloud calls it. */
import { createHmac } from 'node:crypto';
import { either as E } from 'fp-ts';
import { defined } from '../codecs/defined.js';
import * as c from '../codecs/type.js';
import { JsonObject } from '../codecs/index.js';
import { askHook, jsonIn, postHook, tellHook, WrongStatus, type HookName } from './hook-request.js';
import type { Drop, HookContent, Hooks, MessageSentTo } from './hooks.js';
import { readContent, readPlain } from './verdicts.js';

/** The application's engine, and how it is called. */
export interface CloudHookOptions {
  /**
   * The address of the engine that runs the functions of the application. `_messageReceived` is called by
   * `POST <url>/1.1/functions/_messageReceived`. Default: no functions are called.
   */
  readonly url?: string;
  readonly appId: string;
  /** The keys by which the engine knows the cloud (`X-LC-Key`, `X-LC-Hook-Key`). */
  readonly appKey?: string;
  readonly hookKey?: string;
  /** Engines of earlier versions ask for a signature with this key (`__sign`). */
  readonly masterKey?: string;
  /** Only these hooks are called: those that the engine has functions for. Default: all hooks. */
  readonly only?: readonly HookName[];
  /**
   * The address of the web hook of system conversations: it gets what clients send to them, as an array of messages.
   * Default: there is none.
   */
  readonly systemMessages?: string;
  /** Time limit for an answer with its body, ms. Default 5,000. */
  readonly timeout?: number;
  /** As for `webHooks`. Default `proceed`. */
  readonly onFailure?: 'proceed' | 'refuse';
  /** Called with a failure for which a client was refused. Default: does nothing. */
  readonly onError?: (error: unknown) => void;
  /** The function that sends requests. Default: the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Gives the time for signatures, ms since 1970. Default: the system clock. */
  readonly now?: () => number;
}

const TIMEOUT = 5_000;
const NO_FUNCTION = 404;
/** Messages that one request brings to the web hook of system conversations. */
const AT_ONCE = 100;
/** Who has acted, where no client has. */
const BACK_END = 'REST_API';
const CLOSINGS = { 1: 'logged out', 2: 'the connection broke', 3: 'displaced by its tag', 4: 'kicked' } as const;

const Clients = c.array(c.string);

/** Whether an answer names these clients and no others. The vendor's hooks may choose receivers; ours can't. */
const areAll = (answer: unknown, all: readonly string[]): boolean =>
  answer === undefined ||
  answer === null ||
  (Clients.is(answer) && new Set(answer).size === new Set(all).size && answer.every((client) => all.includes(client)));

/** The vendor's functions refuse by any value that is true. */
const isTrue = (value: unknown): boolean => Boolean(value);

type Answer = Readonly<Record<string, unknown>>;

const dropIn = (name: HookName, { code, detail }: Answer): Drop =>
  readPlain(name, { drop: true, ...defined({ code: code ?? undefined, detail: detail ?? undefined }) }) ?? {
    drop: true,
  };

/**
 * Hooks in the vendor's form, for a back end that was written for the cloud. What its functions answer is understood:
 * `drop` and `reject` with `code` and `detail`, `content` and `bin`. An answer that chooses other receivers
 * (`toPeers`), or other attributes (`attr`), is a refusal: it would not be carried out. A hook that has no function
 * (status 404) accepts.
 *
 * @example
 * createServer({ hooks: cloudHooks({ url: 'https://engine.example.com', appId, appKey, hookKey }) });
 */
export const cloudHooks = (options: CloudHookOptions): Hooks => {
  const { url, appId, appKey, hookKey, masterKey, only, systemMessages } = options;
  const { timeout = TIMEOUT, onFailure = 'proceed', onError = () => undefined } = options;
  const { fetch = globalThis.fetch, now = Date.now } = options;
  const requests = { fetch, timeout };
  const base = url?.replace(/\/+$/, '') ?? '';
  const headers = {
    'x-lc-id': appId,
    ...defined({ 'x-lc-key': appKey, 'x-lc-hook-key': hookKey }),
  };

  const signed = (name: string): object => {
    if (masterKey === undefined) return {};
    const time = now();
    return { __sign: `${time},${createHmac('sha1', masterKey).update(`${name}:${time}`).digest('hex')}` };
  };

  /** Calls a function. Gives its result; an empty one if there is no such function, or if it says nothing. */
  const call = async (name: HookName, event: object): Promise<Answer> => {
    const path = `${base}/1.1/functions/_${name}`;
    try {
      const text = await postHook(requests, name, path, headers, JSON.stringify({ ...event, ...signed(`_${name}`) }));
      const json = jsonIn(name, text);
      const result = JsonObject.is(json) ? json['result'] : undefined;
      return JsonObject.is(result) ? result : {};
    } catch (error) {
      if (error instanceof WrongStatus && error.status === NO_FUNCTION) return {};
      throw error;
    }
  };

  const tell = (name: HookName, event: object): Promise<void> => tellHook(name, () => call(name, event));

  const ask = <C>(
    name: HookName,
    event: object,
    read: (answer: Answer) => undefined | Drop | C,
  ): Promise<undefined | Drop | C> => askHook({ onFailure, onError }, async () => read(await call(name, event)));

  /** What a function says of a message. */
  const contentIn =
    (name: HookName, receivers: readonly string[] | undefined) =>
    (answer: Answer): undefined | Drop | Partial<HookContent> => {
      if (isTrue(answer['drop'])) return dropIn(name, answer);
      const { content, bin, toPeers } = answer;
      if (receivers === undefined ? toPeers !== undefined && toPeers !== null : !areAll(toPeers, receivers))
        return { drop: true, detail: 'this server does not let a hook choose the receivers of a message' };
      return readContent(name, defined({ content: content ?? undefined, bin: bin ?? undefined }));
    };

  const rejectIn =
    (name: HookName, attr?: JsonObject) =>
    (answer: Answer): undefined | Drop => {
      if (isTrue(answer['reject'])) return dropIn(name, answer);
      const isOther =
        attr !== undefined && isTrue(answer['attr']) && JSON.stringify(answer['attr']) !== JSON.stringify(attr);
      return isOther ? { drop: true, detail: 'this server does not let a hook change the attributes' } : undefined;
    };

  /** Calls the web hook of system conversations. Messages that come meanwhile are sent together. */
  const pending: { readonly message: object; readonly done: (failure: Error | undefined) => void }[] = [];
  let isSending = false;
  const send = async (address: string): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (pending.length > 0) {
      const batch = pending.splice(0, AT_ONCE);
      const body = JSON.stringify(batch.map(({ message }) => message));
      const failure = await postHook(requests, 'messageSent', address, {}, body).then(() => undefined, E.toError);
      for (const { done } of batch) done(failure);
    }
    isSending = false;
  };
  const sendSystemMessage = (address: string, sent: MessageSentTo): Promise<void> =>
    tellHook('messageSent', async () => {
      const at = { __type: 'Date', iso: new Date(sent.timestamp).toISOString() };
      const message = {
        conv: { __type: 'Pointer', className: '_Conversation', objectId: sent.convId },
        ...{ msgId: sent.msgId, from: sent.fromPeer, fromIp: sent.sourceIP, bin: sent.bin, data: sent.content },
        ...{ timestamp: sent.timestamp, createdAt: at, updatedAt: at },
      };
      const failure = await new Promise<Error | undefined>((done) => {
        pending.push({ message, done });
        void send(address);
      });
      if (failure !== undefined) throw failure;
    });

  const isWanted = (name: HookName): boolean => url !== undefined && (only?.includes(name) ?? true);
  const when = <H extends Partial<Hooks>>(name: HookName, hook: H): H | Record<string, never> =>
    isWanted(name) ? hook : {};

  return {
    ...when('messageReceived', {
      messageReceived: (message) =>
        ask(
          'messageReceived',
          { ...message, groupId: null, system: message.system || null },
          contentIn('messageReceived', message.toPeers),
        ),
    }),
    ...(isWanted('messageSent') || systemMessages !== undefined
      ? {
          messageSentTo: async (message: MessageSentTo) => {
            const { byBackEnd, system } = message;
            if (isWanted('messageSent'))
              await tell('messageSent', { ...message, groupId: null, system: system || null });
            if (systemMessages !== undefined && system && !byBackEnd) await sendSystemMessage(systemMessages, message);
          },
        }
      : {}),
    ...when('messageUpdate', {
      messageUpdate: (update) => ask('messageUpdate', update, contentIn('messageUpdate', undefined)),
    }),
    ...when('receiversOffline', {
      receiversOffline: ({ mentionPids, ...message }) => {
        const isMentioned = new Set(mentionPids);
        const mentionOfflinePeers = message.mentionAll
          ? []
          : message.offlinePeers.filter((client) => isMentioned.has(client));
        return tell('receiversOffline', { ...message, mentionOfflinePeers });
      },
    }),
    ...when('conversationStart', {
      conversationStart: ({ initBy = BACK_END, ...start }) =>
        ask('conversationStart', { initBy, ...start }, rejectIn('conversationStart')),
    }),
    ...when('conversationStarted', {
      conversationStarted: ({ convId }) => tell('conversationStarted', { convId }),
    }),
    ...when('conversationAdd', {
      conversationAdd: ({ initBy = BACK_END, ...change }) =>
        ask('conversationAdd', { initBy, ...change }, rejectIn('conversationAdd')),
    }),
    ...when('conversationAdded', {
      conversationAdded: ({ initBy = BACK_END, ...change }) => tell('conversationAdded', { initBy, ...change }),
    }),
    ...when('conversationRemove', {
      conversationRemove: ({ initBy = BACK_END, members, ...change }) =>
        // Nobody is asked of who leaves by himself.
        members.length === 1 && members[0] === initBy
          ? undefined
          : ask('conversationRemove', { initBy, members, ...change }, rejectIn('conversationRemove')),
    }),
    ...when('conversationRemoved', {
      conversationRemoved: ({ initBy = BACK_END, ...change }) => tell('conversationRemoved', { initBy, ...change }),
    }),
    ...when('conversationUpdate', {
      conversationUpdate: ({ initBy = BACK_END, ...change }) =>
        ask('conversationUpdate', { initBy, ...change }, rejectIn('conversationUpdate', change.attr)),
    }),
    ...when('clientOnline', {
      clientOnline: ({ reconnect, tag = 'default', ...client }) =>
        tell('clientOnline', { ...client, tag, reconnect: reconnect ? 1 : 0 }),
    }),
    ...when('clientOffline', {
      clientOffline: ({ tag = 'default', ...client }) =>
        tell('clientOffline', { ...client, tag, closeMsg: CLOSINGS[client.closeCode] }),
    }),
  };
};
