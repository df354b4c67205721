import { defer, type Observable } from 'rxjs';
import { defined } from '../../../codecs/defined.js';
import type { Client } from '../client.js';
import { ofClient } from '../internals.js';
import type { Conversation } from './conversation.js';
import { start } from './create-conversation.js';
import { learned } from './learn.js';

/** The options of `createTemporaryConversation`. */
export interface NewTemporaryConversation {
  /**
   * The client ids of the members, without the creator. At most 10 members, including the creator. They can't be
   * changed later.
   */
  readonly members: readonly string[];
  /** The lifetime of the conversation, in seconds. Default: the server decides, which is one day. */
  readonly ttl?: number;
}

/**
 * Cold: creates a conversation that ends by itself after `ttl`, or finds an existing one with these members. Emits
 * its handle, then completes (protocol: conv/start with `tempConv`). Its members and attributes can't be changed.
 * Errors as `createConversation` does.
 *
 * @example const chat = await firstValueFrom(createTemporaryConversation(client, { members: ['Jerry'], ttl: 3_600 }));
 */
export const createTemporaryConversation = <V = unknown>(
  client: Client<V>,
  { members, ttl }: NewTemporaryConversation,
): Observable<Conversation & V> =>
  ofClient(client, (internals) =>
    learned(
      internals,
      defer(() => start(internals, members, { unique: true, tempConv: true, ...defined({ tempConvTTL: ttl }) })),
      (id) => client.conversation(id),
    ),
  );
