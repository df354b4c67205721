/** What hooks may answer: the same for functions and for web hooks. */
import * as t from 'io-ts';
import { Int32, record } from '../codecs/index.js';
import { guarded } from '../codecs/primitives.js';
import { isClientId } from './domain/conversations/members.js';
import type { Drop } from './hooks.js';

const drop = { drop: t.boolean, code: Int32, detail: t.string };

/** A hook adds clients by the same rules as a client does. */
const ClientId = guarded('a client id of 1 to 64 characters', isClientId);

export const Verdict = record('Verdict', {}, drop);
export const ContentVerdict = record('ContentVerdict', {}, { ...drop, content: t.string, bin: t.boolean });
export const MembersVerdict = record('MembersVerdict', {}, { ...drop, members: t.readonlyArray(ClientId) });

export type Verdict = t.TypeOf<typeof Verdict>;

/** The refusal in an answer; undefined if the answer does not refuse. */
export const dropIn = ({ drop: isNo = false, code, detail }: Verdict): Drop | undefined =>
  isNo
    ? { drop: true, ...(code === undefined ? {} : { code }), ...(detail === undefined ? {} : { detail }) }
    : undefined;
