/** The fields that messages of both directions have in common. */
import * as t from 'io-ts';
import { Bytes, SafeInteger } from '../primitives.js';

/** A message body on the wire, in one of its two forms. */
export const bodyFields = { msg: t.string, binaryMsg: Bytes };

/** The clients that the message mentions. */
export const mentions = { mentionPids: t.array(t.string), mentionAll: t.boolean };

/** Identifies the message that is changed. */
export const target = { cid: t.string, mid: t.string };

/** How the message changes: its new body, or a recall. `timestamp` is the time at which it was sent, ms. */
export const change = { timestamp: SafeInteger, recall: t.boolean, data: t.string, binaryMsg: Bytes, ...mentions };
