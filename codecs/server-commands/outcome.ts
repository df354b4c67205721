/** What became of a change to several members. */
import * as t from 'io-ts';
import { Int32 } from '../primitives.js';
import { record } from '../record.js';

const memberFailure = record(
  'MemberFailure',
  { code: Int32, reason: t.string },
  { detail: t.string, appCode: Int32, pids: t.array(t.string) },
);
/** Why a change did not come about for some members. */
export interface MemberFailure extends t.TypeOf<typeof memberFailure> {}
export const MemberFailure: t.Type<MemberFailure> = memberFailure;

/** For whom the change came about, and for whom not. */
export const outcome = { allowedPids: t.array(t.string), failedPids: t.array(MemberFailure) };
