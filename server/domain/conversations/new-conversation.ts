import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo } from '../../../codecs/index.js';
import type { ConversationDraft } from '../records.js';

/** The conversation that a draft becomes. */
export const infoOf = (id: string, draft: ConversationDraft): ConversationInfo => {
  const { kind, creator, members, name, attributes, unique, ttl, now } = draft;
  return {
    id,
    kind,
    ...defined({ creator, members: kind === 'room' ? undefined : members, name, unique: unique || undefined, ttl }),
    createdAt: now,
    updatedAt: now,
    attributes,
  };
};
