/** Messages that are changed or recalled after they were sent (protocol: PatchCommand). */
import * as t from 'io-ts';
import { Bytes, SafeInteger } from '../primitives.js';
import { record } from '../record.js';
import { command } from './envelope.js';

/** Which message, and what becomes of it: the new body, or a recall. */
const target = { cid: t.string, mid: t.string };
const change = {
  timestamp: SafeInteger,
  recall: t.boolean,
  data: t.string,
  binaryMsg: Bytes,
  mentionAll: t.boolean,
  mentionPids: t.array(t.string),
};

const patch = <O extends string, R extends t.Props, P extends t.Props>(op: O, required: R, optional: P) =>
  command('patch', op, { patchMessage: record(`patch/${op} message`, required, optional) }, {});

/** Client to server: messages of its own are to be changed, or with `recall` taken back. `timestamp` is when they were sent, ms. */
export const PatchModify = patch('modify', {}, { patches: t.array(record('PatchWish', target, change)), lastPatchTime: SafeInteger });

/** The answer to `PatchModify`; `lastPatchTime` is when it was carried out, ms. */
export const PatchModified = patch('modified', {}, { lastPatchTime: SafeInteger });

/** One changed message, as those who have it are told. */
export const PatchItem = record('PatchItem', target, {
  ...change,
  patchTimestamp: SafeInteger,
  from: t.string,
  /** Why the service changed it, where the sender did not: negative by itself, positive by a hook of the application. */
  patchCode: SafeInteger,
  patchReason: t.string,
});
/** One changed message, as those who have it are told. */
export type PatchItem = t.TypeOf<typeof PatchItem>;

/** Server to client, without a serial: messages were changed or recalled. */
export const PatchPush = patch('modify', {}, { patches: t.array(PatchItem), lastPatchTime: SafeInteger });
