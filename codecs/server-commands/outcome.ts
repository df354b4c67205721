/** The result of a change to several members. */
import * as t from 'io-ts';
import { Int32 } from '../primitives.js';
import { record } from '../record.js';

const memberFailure = record(
  'MemberFailure',
  { code: Int32, reason: t.string },
  { detail: t.string, appCode: Int32, pids: t.array(t.string) },
);
/** Why a change failed for some members. */
export interface MemberFailure extends t.TypeOf<typeof memberFailure> {}
export const MemberFailure: t.Type<MemberFailure> = memberFailure;

/** The members for whom the change succeeded, and those for whom it failed. */
export const outcome = { allowedPids: t.array(t.string), failedPids: t.array(MemberFailure) };
