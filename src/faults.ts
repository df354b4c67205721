import type { DecodeFailed } from '../codecs/index.js';
import type { RealtimeError } from './errors.js';

/** The hook of a plugin. */
export type PluginHook = 'onRealtime' | 'onClient' | 'onConversation' | 'beforeParse' | 'afterParse';

/**
 * Something that went wrong without ending a stream: the values of `realtime.faults$`. `_tag` tells them apart.
 *
 * - `Frame`: a frame of the server, or a part of it, could not be decoded and was skipped.
 * - `Body`: the registered type of a message refused its body. The message is delivered all the same, as `Invalid`.
 * - `Unsupported`: the server sent a command that the SDK has no codec for.
 * - `Unexpected`: the server answered a command that does not wait any more, or that was never sent.
 * - `CatchUp`: something about a conversation could not be fetched. Messages missed during a break are then a `Gap`
 *   in its log. State, receipts, roles or history are fetched again after the next reconnect, or when they are asked
 *   for.
 * - `Overflow`: more events came than the client keeps (option `limits`), so some were dropped. `what` says which:
 *   those that waited for a look-up or for missed messages (`waiting`), those of too many conversations
 *   (`conversations`), or messages that nobody has subscribed to (`held`). Missing messages are a `Gap`.
 * - `Internal`: the SDK failed to handle something that the server sent, and skipped it. Please report it. Or
 *   the option `network$` or `lifecycle$` has errored: from then on it counts as if it told nothing.
 * - `List`: a page of the conversation list could not be fetched. It is fetched again after the next reconnect.
 * - `Session`: the session of a client could not be opened again after a reconnect, or with `offline` for the first
 *   time. It is tried again.
 * - `Plugin`: a plugin threw, returned a wrong value or did not answer in time. It was skipped.
 * - `Outbox`: the storage of the outbox failed, or keeps messages in memory only; or it holds a message that can't be
 *   read; or a message that was stored by an earlier client, and that nobody waits for, was not sent.
 * - `Endpoints`: the router could not be asked for the addresses of the server; or it has TLS and names an address
 *   without TLS, which is then used with TLS.
 */
export type Fault =
  | { readonly _tag: 'Frame'; readonly error: DecodeFailed }
  | {
      readonly _tag: 'Body';
      readonly clientId: string;
      readonly conversationId: string;
      readonly messageId: string;
      readonly error: DecodeFailed;
    }
  | { readonly _tag: 'Unsupported'; readonly kind: string; readonly clientId?: string }
  | { readonly _tag: 'Unexpected'; readonly kind: string; readonly serial: number }
  | {
      readonly _tag: 'CatchUp';
      readonly clientId: string;
      readonly conversationId: string;
      readonly error: RealtimeError;
    }
  | {
      readonly _tag: 'Overflow';
      readonly clientId: string;
      readonly what: 'waiting' | 'conversations' | 'held';
      readonly conversationId: string;
    }
  | { readonly _tag: 'Internal'; readonly clientId?: string; readonly error: Error }
  | { readonly _tag: 'List'; readonly clientId: string; readonly error: RealtimeError }
  | { readonly _tag: 'Session'; readonly clientId: string; readonly error: RealtimeError }
  | { readonly _tag: 'Plugin'; readonly plugin: string; readonly hook: PluginHook; readonly error: RealtimeError }
  | { readonly _tag: 'Outbox'; readonly clientId: string; readonly error: RealtimeError }
  | { readonly _tag: 'Endpoints'; readonly error: RealtimeError };
