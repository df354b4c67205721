/** Kinds of conversations that have their own paths. */
import {
  RawConversation,
  type ConversationInfo,
  type ConversationKind,
  type JsonObject,
} from '../../../codecs/index.js';
import type { BackEnd } from '../../back-end.js';
import { Refusal } from '../../domain/refusal.js';
import { param, type ApiRequest } from './request.js';

/** A path, and the kinds of conversations below it. */
export interface Family {
  readonly path: string;
  readonly kinds: readonly ConversationKind[];
}

/** Ordinary and temporary conversations. */
export const conversations: Family = { path: '/1.2/rtm/conversations', kinds: ['ordinary', 'temporary'] };
export const chatRooms: Family = { path: '/1.2/rtm/chatrooms', kinds: ['room'] };
export const services: Family = { path: '/1.2/rtm/service-conversations', kinds: ['system'] };

/** The conversation of a path; 404 if it is of another kind. */
export const named = async (backEnd: BackEnd, { kinds }: Family, request: ApiRequest): Promise<ConversationInfo> => {
  const id = param(request, 'id');
  const info = await backEnd.get(id);
  if (!kinds.includes(info.kind))
    throw new Refusal(4303, `there is no such conversation here: ${id} is one of another kind`);
  return info;
};

/** What the vendor answers to a change of a conversation. */
export const changedAt = ({
  id,
  updatedAt = 0,
}: ConversationInfo): { readonly objectId: string; readonly updatedAt: string } => ({
  objectId: id,
  updatedAt: new Date(updatedAt).toISOString(),
});

const iso = (ms: number | undefined, key: string): JsonObject =>
  ms === undefined ? {} : { [key]: new Date(ms).toISOString() };

/**
 * A conversation as the API shows it. The subscribers of a system conversation are left out, since there may be very
 * many: they have their own path.
 */
export const shown = (info: ConversationInfo): JsonObject => {
  const { members, mutedMembers, ...others } = info;
  return {
    ...RawConversation.encode(info.kind === 'system' ? others : info),
    ...iso(info.createdAt, 'createdAt'),
    ...iso(info.updatedAt, 'updatedAt'),
  };
};
