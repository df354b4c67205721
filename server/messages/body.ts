/** Checks and converts the bodies of messages. */
import { fromStored, toStored, type WireBody } from '../../codecs/index.js';
import { Refusal } from '../domain/refusal.js';
import type { StoredMessage } from '../domain/records.js';
import type { HookContent } from '../hooks.js';

/** Refuses a body that is too long with 4109. The length includes `beside`: push data and mentioned clients. */
export const checkSize = ({ msg = '', binaryMsg }: WireBody, beside: string, limit: number): void => {
  const bytes = Buffer.byteLength(msg) + (binaryMsg?.length ?? 0) + Buffer.byteLength(beside);
  if (bytes > limit) throw new Refusal(4109, `a message has at most ${limit} bytes, this one has ${bytes}`);
};

/** The bytes that a message has beside its body and its mentions, at most: ids, times, and their fields. */
const ENVELOPE = 256;

/** About how long a message is in an answer or a push, bytes. */
export const messageBytes = ({ msg = '', binaryMsg, mentions }: StoredMessage): number =>
  // Bytes are base64 in history.
  Buffer.byteLength(msg) + Math.ceil(((binaryMsg?.length ?? 0) * 4) / 3) + mentions.join('').length * 3 + ENVELOPE;

/** Converts a body to the form that hooks use, and back. */
export const toHook = (body: WireBody): HookContent => {
  const { data = '', bin = false } = toStored(body);
  return { content: data, bin };
};

export const fromHook = ({ content, bin }: HookContent): WireBody => fromStored({ data: content, bin });
