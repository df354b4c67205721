/** What the messages of both directions have in common. */
import * as t from 'io-ts';
import { Bytes, SafeInteger } from '../primitives.js';

/** A message body as the wire has it, in one of its two forms. */
export const bodyFields = { msg: t.string, binaryMsg: Bytes };

/** Who is mentioned. */
export const mentions = { mentionPids: t.array(t.string), mentionAll: t.boolean };

/** Which message is changed. */
export const target = { cid: t.string, mid: t.string };

/** What becomes of a changed message: the new body, or a recall. `timestamp` is when it was sent, ms. */
export const change = { timestamp: SafeInteger, recall: t.boolean, data: t.string, binaryMsg: Bytes, ...mentions };
