import type { ServerCommand } from '../codecs/index.js';
import { sharedFrame, type SharedFrame } from './shared-frame.js';

/** The protocol's service number for instant messaging. Some clients ignore pushes without it. */
const SERVICE = 2;

/** Turns pushes into frames. `isLater`: some receivers may get it later than others. Default false. */
export type Frames = (push: ServerCommand, isLater?: boolean) => SharedFrame;

/** Encodes each push once, when its first receiver is known. All other receivers share the frame. */
export const createFrames = (): Frames => {
  const known = new WeakMap<ServerCommand, SharedFrame>();
  /** Most pushes go to all their receivers at once. */
  let last: { readonly push: ServerCommand; readonly frame: SharedFrame } | undefined;
  return (push, isLater = false) => {
    const before = last?.push === push ? last.frame : isLater ? known.get(push) : undefined;
    if (before !== undefined) return before;
    const frame = sharedFrame({ service: SERVICE, ...push });
    if (isLater) known.set(push, frame);
    last = { push, frame };
    return frame;
  };
};
