/** The fields that messages of both directions have in common. */
import * as c from '../type.js';
import { Bytes, SafeInteger } from '../primitives.js';

/** A message body on the wire, in one of its two forms. */
export const bodyFields = { msg: c.string, binaryMsg: Bytes };

/** The clients that the message mentions. */
export const mentions = { mentionPids: c.array(c.string), mentionAll: c.boolean };

/** Identifies the message that is changed. */
export const target = { cid: c.string, mid: c.string };

/** How the message changes: its new body, or a recall. `timestamp` is the time at which it was sent, ms. */
export const change = { timestamp: SafeInteger, recall: c.boolean, data: c.string, binaryMsg: Bytes, ...mentions };
