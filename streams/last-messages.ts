import { comparePositions, type ClientEvent, type Message } from './events.js';
import type { KeyedReducer } from './keyed-state.js';
import { isShown } from './shown.js';
import { latestVersion } from './versions.js';

/** The newest stored message of each conversation, by conversation id, as it is now: edits and recalls applied. */
export const lastMessagesReducer: KeyedReducer<ClientEvent, Message> = (event, get, set) => {
  switch (event._tag) {
    case 'Message': {
      const { conversationId, message } = event;
      const before = message.transient || !isShown(message) ? message : get(conversationId);
      if (before === undefined || comparePositions(message, before) > 0) set(conversationId, message);
      return;
    }
    case 'Edit':
    case 'Recall': {
      const before = get(event.conversationId);
      if (before?.id === event.message.id) set(event.conversationId, latestVersion(before, event.message));
      return;
    }
    case 'Snapshot': {
      const { conversationId, lastMessage } = event;
      if (lastMessage === undefined || !isShown(lastMessage)) return;
      const before = get(conversationId);
      if (before === undefined || comparePositions(lastMessage, before) > 0) set(conversationId, lastMessage);
      else if (before.id === lastMessage.id) set(conversationId, latestVersion(before, lastMessage));
      return;
    }
    default:
      return;
  }
};
