/** Plugins extend realtimes, clients and conversations, and can change messages as they are read. */
import type { ObservableInput } from 'rxjs';
import type { CustomType, WireBody } from '../../codecs/index.js';
import type { Message } from '../../streams/index.js';
import type { Client } from '../client/client.js';
import type { Conversation } from '../client/conversation/conversation.js';
import type { Realtime } from '../realtime.js';

/**
 * A plugin. Only the name is required. Plugins run in the order in which they are given.
 *
 * Decorators (`onRealtime`, `onClient`, `onConversation`) return properties that are added to the value; the types
 * know them.
 *
 * Middlewares (`beforeParse`, `afterParse`) return what is read instead of what they were given, directly or as an
 * `ObservableInput` whose first value counts. They see messages that arrive and messages of the history, not messages
 * that this client sends. The messages of a conversation keep their order.
 *
 * A plugin that throws, returns a wrong value or does not answer in time is skipped. `realtime.faults$` emits a
 * `Plugin` fault then.
 *
 * @example
 * const shout = {
 *   name: 'shout',
 *   onConversation: (conversation: Conversation) => ({
 *     shout: (words: string) => conversation.send(text(words.toUpperCase())),
 *   }),
 * };
 * createRealtime({ appId, server, plugins: [shout] });
 */
export interface Plugin {
  /** Named in faults. */
  readonly name: string;
  /** Message types that the plugin adds. */
  readonly messages?: readonly CustomType[];
  /** Returns properties to add to the realtime. */
  readonly onRealtime?: (realtime: Realtime) => object;
  /** Returns properties to add to each client. */
  readonly onClient?: (client: Client) => object;
  /** Returns properties to add to each conversation. */
  readonly onConversation?: (conversation: Conversation) => object;
  /** Changes a body as it arrived, before it is decoded. */
  readonly beforeParse?: (content: WireBody) => WireBody | ObservableInput<WireBody>;
  /** Changes a message that was decoded. Its id, time, sender and conversation can't be changed. */
  readonly afterParse?: (message: Message) => Message | ObservableInput<Message>;
}

/** The hooks that add properties. */
export type Decorator = 'onRealtime' | 'onClient' | 'onConversation';

/** The properties that a list of plugins adds to one kind of value. */
export type Additions<P extends readonly Plugin[], D extends Decorator> = P extends readonly [
  infer First,
  ...infer Rest extends readonly Plugin[],
]
  ? (First extends Readonly<Record<D, (value: never) => infer Added>> ? Added : unknown) & Additions<Rest, D>
  : unknown;

/** A realtime with the properties that its plugins add to it, to its clients and to their conversations. */
export type ExtendedRealtime<P extends readonly Plugin[]> = Realtime<
  Additions<P, 'onClient'>,
  Additions<P, 'onConversation'>
> &
  Additions<P, 'onRealtime'>;
