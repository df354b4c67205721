/** Plugins: what an application adds to all realtimes, clients and conversations, and to the reading of messages. */
import type { ObservableInput } from 'rxjs';
import type { CustomType, WireBody } from '../../codecs/index.js';
import type { Message } from '../../streams/index.js';
import type { Client } from '../client/client.js';
import type { Conversation } from '../client/conversation/conversation.js';
import type { Realtime } from '../realtime.js';

/**
 * A plugin. All parts but the name are optional; plugins run in the order in which they are given.
 *
 * Decorators (`onRealtime`, `onClient`, `onConversation`) give what the value has besides, which the types follow. Middlewares (`beforeParse`, `afterParse`) give what is read instead,
 * at once or as an `ObservableInput`, of which the first value counts; the messages of a conversation keep their order. They see what arrives and what history has, not what this client sends.
 * A plugin that throws, answers with something else, or not in time, is a `Plugin` fault with its name, and is passed over.
 *
 * @example
 * const shout = { name: 'shout', onConversation: (conversation: Conversation) => ({ shout: (words: string) => conversation.send(text(words.toUpperCase())) }) };
 * createRealtime({ appId, server, plugins: [shout] });
 */
export interface Plugin {
  /** Shown in faults. */
  readonly name: string;
  /** Message types that it brings. */
  readonly messages?: readonly CustomType[];
  readonly onRealtime?: (realtime: Realtime) => object;
  readonly onClient?: (client: Client) => object;
  readonly onConversation?: (conversation: Conversation) => object;
  /** A body as it came, before it is read. */
  readonly beforeParse?: (content: WireBody) => WireBody | ObservableInput<WireBody>;
  /** A message that was read. Its id, time, sender and conversation stay what they are. */
  readonly afterParse?: (message: Message) => Message | ObservableInput<Message>;
}

export type Decorator = 'onRealtime' | 'onClient' | 'onConversation';

/** What the plugins of a list add to one kind of value. */
export type Additions<P extends readonly Plugin[], D extends Decorator> = P extends readonly [
  infer First,
  ...infer Rest extends readonly Plugin[],
]
  ? (First extends Readonly<Record<D, (value: never) => infer Added>> ? Added : unknown) & Additions<Rest, D>
  : unknown;

/** A realtime with what its plugins add to it, to its clients and to their conversations. */
export type ExtendedRealtime<P extends readonly Plugin[]> = Realtime<Additions<P, 'onClient'>, Additions<P, 'onConversation'>> &
  Additions<P, 'onRealtime'>;
