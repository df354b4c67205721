import type { ServerCommand } from '../codecs/index.js';
import { sharedFrame, type SharedFrame } from './shared-frame.js';

/** The protocol's service number for instant messaging. Some clients ignore pushes without it. */
const SERVICE = 2;

/** Turns pushes into frames. */
export type Frames = (push: ServerCommand) => SharedFrame;

/** Encodes each push once, when its first receiver is known. All other receivers share the frame. */
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
