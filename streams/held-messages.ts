import { comparePositions, type ConversationEvent, type Position } from './events.js';

type MessageEvent = Extract<ConversationEvent, { readonly _tag: 'Message' }>;

/** Messages that wait for what is brought before them, by position. A server may forget one that it has pushed before it is asked: then it belongs before what is brought, not behind it. */
export interface HeldMessages {
  /** Takes a message, but for a transient one, which has no place. */
  readonly hold: (event: MessageEvent) => void;
  /** Those before a position, each once. */
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
      for (let event = held[next]; event !== undefined && comparePositions(event.message, position) < 0; event = held[next]) next += 1;
      return held.slice(start, next);
    },
  };
};
