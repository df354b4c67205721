import { changeAttributes, type ConversationInfo } from '../codecs/index.js';
import type { ClientEvent } from './events.js';
import type { KeyedReducer } from './keyed-state.js';

type AttributesChanged = Extract<ClientEvent, { _tag: 'Attributes' }>;

/** A snapshot with changed attributes. A key with dots names a nested value. */
export const withAttributes = (
  info: ConversationInfo,
  { changed, removed = [], at }: Pick<AttributesChanged, 'changed' | 'removed' | 'at'>,
): ConversationInfo => {
  const { name, ...others } = changed;
  const attributes = changeAttributes(info.attributes, [
    ...Object.entries(others).map(([key, value]) => [key.split('.'), value] as const),
    ...removed.map((key) => [key.split('.')] as const),
  ]);
  return {
    ...info,
    attributes,
    ...(typeof name === 'string' ? { name } : {}),
    ...(at === undefined ? {} : { updatedAt: at }),
  };
};

/** A snapshot with the time of a later message. */
export const withActivity = (info: ConversationInfo, at: number | undefined): ConversationInfo =>
  at === undefined || at <= (info.lastMessageAt ?? 0) ? info : { ...info, lastMessageAt: at };

/** Snapshots of the known conversations, by id: the description of the server with all later notices applied. */
export const conversationsReducer: KeyedReducer<ClientEvent, ConversationInfo> = (event, get, set) => {
  if (event._tag === 'Snapshot') {
    set(event.conversationId, event.info);
    return;
  }
  // Most events are messages. They change no snapshot, so nothing is looked up for them.
  const info = event._tag !== 'Message' && 'conversationId' in event ? get(event.conversationId) : undefined;
  if (info === undefined) return;
  /** A change that is known already changes nothing. */
  const withMembers = (change: (members: readonly string[]) => readonly string[]): void => {
    if (info.members === undefined) return;
    const members = change(info.members);
    if (members.length !== info.members.length) set(info.id, { ...info, members });
  };
  switch (event._tag) {
    case 'Joined':
      withMembers((members) => {
        const news = new Set(event.members);
        for (const member of members) news.delete(member);
        return members.concat([...news]);
      });
      return;
    case 'Left': {
      const gone = new Set(event.members);
      withMembers((members) => members.filter((member) => !gone.has(member)));
      return;
    }
    case 'Muted':
    case 'Unmuted': {
      const others = (info.mutedMembers ?? []).filter((member) => member !== event.by);
      set(info.id, { ...info, mutedMembers: event._tag === 'Muted' ? [...others, event.by] : others });
      return;
    }
    case 'Attributes':
      set(info.id, withAttributes(info, event));
      return;
    default:
      return;
  }
};
