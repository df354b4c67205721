import { comparePositions, type ConversationEvent, type Position } from './events.js';

type MessageEvent = Extract<ConversationEvent, { readonly _tag: 'Message' }>;

/**
 * Live messages that wait while earlier ones are fetched, by position. The server may have forgotten a live message
 * when it is asked; such a message is then emitted at its position between the fetched ones.
 */
export interface HeldMessages {
  /** Adds a message. Transient messages have no position and are not added. */
  readonly hold: (event: MessageEvent) => void;
  /** Removes and returns the messages before a position. */
  readonly before: (position: Position) => readonly MessageEvent[];
}

export const heldMessages = (): HeldMessages => {
  const held: MessageEvent[] = [];
  let next = 0;
  return {
    hold: (event) => {
      if (event.message.transient) return;
      const earlier = held.findLastIndex(({ message }) => comparePositions(message, event.message) < 0);
      held.splice(Math.max(next, earlier + 1), 0, event);
    },
    before: (position) => {
      const start = next;
      for (
        let event = held[next];
        event !== undefined && comparePositions(event.message, position) < 0;
        event = held[next]
      )
        next += 1;
      return held.slice(start, next);
    },
  };
};
