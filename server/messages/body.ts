/** Checks and converts the bodies of messages. */
import { fromStored, toStored, type WireBody } from '../../codecs/index.js';
import { Refusal } from '../domain/refusal.js';
import type { HookContent } from '../hooks.js';

/** Refuses a body that is too long with 4109. The length includes `beside`: push data and mentioned clients. */
export const checkSize = ({ msg = '', binaryMsg }: WireBody, beside: string, limit: number): void => {
  const bytes = Buffer.byteLength(msg) + (binaryMsg?.length ?? 0) + Buffer.byteLength(beside);
  if (bytes > limit) throw new Refusal(4109, `a message has at most ${limit} bytes, this one has ${bytes}`);
};

/** Converts a body to the form that hooks use, and back. */
export const toHook = (body: WireBody): HookContent => {
  const { data = '', bin = false } = toStored(body);
  return { content: data, bin };
};

export const fromHook = ({ content, bin }: HookContent): WireBody => fromStored({ data: content, bin });
