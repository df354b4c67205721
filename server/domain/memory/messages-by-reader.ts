/** Which messages of a conversation are for whom. A client that looks for its own passes over those of others. */
import { betweenOf, firstNotBelow, type IndexesBetween } from '../messages/history.js';
import type { StoredMessage } from '../records.js';
import { movePositions, withoutPosition, type Move } from './positions.js';

export interface MessagesByReader {
  /** A message has come. `base`: the position of the first message that is kept. */
  readonly add: (message: StoredMessage, position: number, base: number) => void;
  /** Where the messages of a client are. Undefined if all messages are for it. */
  readonly between: (clientId: string | undefined, base: number) => IndexesBetween | undefined;
  /** A message is deleted. */
  readonly remove: (message: StoredMessage, position: number) => void;
  readonly move: (move: Move) => void;
  /** The messages before this position are deleted. */
  readonly trim: (base: number) => void;
}

/** Deletes the positions before `base` from ascending lists, and lists that become empty. */
export const shorten = <K>(lists: Map<K, number[]>, base: number): void => {
  for (const [key, positions] of lists) {
    positions.splice(0, firstNotBelow(positions, base));
    if (positions.length === 0) lists.delete(key);
  }
};

export const messagesByReader = (): MessagesByReader => {
  /** Positions of the messages for everybody, ascending. Undefined as long as all messages are for everybody. */
  let everybody: number[] | undefined;
  /** Positions of the messages for some, by client. */
  const some = new Map<string, number[]>();

  return {
    add: ({ to, from }, position, base) => {
      if (to === undefined) {
        everybody?.push(position);
        return;
      }
      everybody ??= Array.from({ length: position - base }, (_, index) => base + index);
      for (const reader of new Set([...to, from])) {
        const positions = some.get(reader);
        if (positions === undefined) some.set(reader, [position]);
        else positions.push(position);
      }
    },
    between: (clientId, base) =>
      everybody === undefined || clientId === undefined
        ? undefined
        : betweenOf([everybody, some.get(clientId) ?? []], base),
    remove: ({ to, from }, position) => {
      if (to === undefined) {
        withoutPosition(everybody, position);
        return;
      }
      for (const reader of new Set([...to, from])) {
        const positions = some.get(reader);
        withoutPosition(positions, position);
        if (positions?.length === 0) some.delete(reader);
      }
    },
    move: (move) => {
      if (everybody !== undefined) movePositions(everybody, move);
      for (const positions of some.values()) movePositions(positions, move);
    },
    trim: (base) => {
      everybody?.splice(0, firstNotBelow(everybody, base));
      shorten(some, base);
    },
  };
};
