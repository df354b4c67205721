import type { DecodeFailed } from '../codecs/index.js';
import type { RealtimeError } from './errors.js';

/** Where in a plugin. */
export type PluginHook = 'onRealtime' | 'onClient' | 'onConversation' | 'beforeParse' | 'afterParse';

/**
 * Something that went wrong without ending anything: the value of `realtime.faults$`.
 *
 * - `Frame`: a frame of the server, or a part of it, could not be read, and was skipped.
 * - `Body`: a message arrived whose body its registered type refuses; it is delivered all the same, as `Invalid`.
 * - `Unsupported`: the server sent a command that this SDK has no codec for.
 * - `Unexpected`: an answer came to a command that is no longer waiting, or was never sent.
 * - `CatchUp`: something about a conversation could not be fetched: what was missed during a break, which is a `Gap` in its log then; its state, receipts, roles or history, which are asked for again after the next reconnect or by the next wish.
 * - `List`: a page of the conversation list could not be fetched; it is asked for again at the next reconnect.
 * - `Session`: a client's session could not be opened again after a reconnect; it is tried again at the next one.
 * - `Plugin`: a plugin threw, answered with something else than it should, or not in time; it was passed over.
 * - `Outbox`: the storage of the outbox failed, has kept what can't be read, or a message that it kept from before, and that nobody waits for any more, was not sent.
 * - `Endpoints`: the router could not be asked for the server's addresses.
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
  | { readonly _tag: 'CatchUp'; readonly clientId: string; readonly conversationId: string; readonly error: RealtimeError }
  | { readonly _tag: 'List'; readonly clientId: string; readonly error: RealtimeError }
  | { readonly _tag: 'Session'; readonly clientId: string; readonly error: RealtimeError }
  | { readonly _tag: 'Plugin'; readonly plugin: string; readonly hook: PluginHook; readonly error: RealtimeError }
  | { readonly _tag: 'Outbox'; readonly clientId: string; readonly error: RealtimeError }
  | { readonly _tag: 'Endpoints'; readonly error: RealtimeError };
