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
  let isSorted = true;
  return {
    hold: (event) => {
      if (event.message.transient) return;
      const last = held.at(-1);
      isSorted &&= held.length <= next || last === undefined || comparePositions(last.message, event.message) <= 0;
      held.push(event);
    },
    before: (position) => {
      // Sorted when it is needed: messages in the reverse order would cost the square.
      if (!isSorted) held.push(...held.splice(next).sort((a, b) => comparePositions(a.message, b.message)));
      isSorted = true;
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
