/** Conversations that come from another server. */
import { defined } from '../../../codecs/defined.js';
import type { ConversationInfo } from '../../../codecs/index.js';
import type { MovedConversation } from '../records.js';

/** The conversation as a store describes it, without its messages: a chat room has no members, and members mute. */
export const arrivedInfo = (moved: MovedConversation): ConversationInfo => {
  const { id, kind, creator, name, unique, ttl, createdAt, updatedAt, attributes } = moved;
  const members = kind === 'room' ? undefined : [...new Set(moved.members ?? [])];
  const isMuted = new Set(moved.mutedMembers);
  const muted = members?.filter((member) => isMuted.has(member)) ?? [];
  return {
    id,
    kind,
    ...defined({
      creator,
      members,
      mutedMembers: muted.length === 0 ? undefined : muted,
      name,
      unique: unique === true ? true : undefined,
      ttl,
    }),
    createdAt,
    updatedAt,
    attributes,
  };
};

/** The conversation as it moves out. */
export const movedOf = (info: ConversationInfo, isFoundByMembers: boolean): MovedConversation => {
  const { lastMessage: _, createdAt = 0, updatedAt = createdAt, ...rest } = info;
  return { ...rest, createdAt, updatedAt, ...(info.unique === true ? { isFoundByMembers } : {}) };
};
