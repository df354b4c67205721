import { defer, type Observable } from 'rxjs';
import { defined } from '../../../codecs/defined.js';
import type { Client } from '../client.js';
import { ofClient } from '../internals.js';
import type { Conversation } from './conversation.js';
import { start } from './create-conversation.js';
import { learned } from './learn.js';

/** What a temporary conversation starts with. */
export interface NewTemporaryConversation {
  /** Besides the creator; at most 10 together, for good. */
  readonly members: readonly string[];
  /** How long it lasts, seconds. Default: the server's, which is a day. */
  readonly ttl?: number;
}

/**
 * Cold: creates a conversation that ends by itself, or finds the one of these members while it lasts; emits its
 * handle, then completes. Its members and attributes are fixed (protocol: conv/start, `tempConv`). Errors as
 * `createConversation` does.
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
      defer(() => start(internals.link, members, { unique: true, tempConv: true, ...defined({ tempConvTTL: ttl }) })),
      (id) => client.conversation(id),
    ),
  );
