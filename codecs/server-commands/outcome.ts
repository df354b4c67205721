/** The result of a change to several members. */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { Int32 } from '../primitives.js';
import { record } from '../record.js';

const memberFailure = record(
  'MemberFailure',
  { code: Int32, reason: c.string },
  { detail: c.string, appCode: Int32, pids: c.array(c.string) },
);
/** Why a change failed for some members. */
export interface MemberFailure extends t.TypeOf<typeof memberFailure> {}
export const MemberFailure: t.Type<MemberFailure> = memberFailure;

/** The members for whom the change succeeded, and those for whom it failed. */
export const outcome = { allowedPids: c.array(c.string), failedPids: c.array(MemberFailure) };
