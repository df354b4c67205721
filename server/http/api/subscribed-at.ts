/** When clients have subscribed to system conversations. */
import type { ConversationInfo } from '../../../codecs/index.js';
import type { App } from '../../app.js';

/**
 * When a client has subscribed to each of these conversations, ms. Where the store does not know it, as of what came
 * from another server: when the conversation was created.
 */
export const subscribedAt = async (
  { store }: App,
  clientId: string,
  infos: readonly ConversationInfo[],
): Promise<readonly number[]> => {
  const standings = await store.standings?.(
    clientId,
    infos.map(({ id }) => id),
  );
  return infos.map(({ id, createdAt = 0 }) => standings?.get(id)?.joinedAt ?? createdAt);
};
