import type { ServerCommand } from '../codecs/index.js';
import { sharedFrame, type SharedFrame } from '../codecs/shared-frame.js';

/** Instant messaging, as opposed to the protocol's other services; some clients ignore pushes that don't say so. */
const SERVICE = 2;

/** Pushes as frames. */
export type Frames = (push: ServerCommand) => SharedFrame;

/** A push is encoded when its first receiver is known, and not again for the others, who get the same object. */
export const createFrames = (): Frames => {
  const known = new WeakMap<ServerCommand, SharedFrame>();
  return (push) => {
    const before = known.get(push);
    if (before !== undefined) return before;
    const frame = sharedFrame({ ...push, service: SERVICE });
    known.set(push, frame);
    return frame;
  };
};
