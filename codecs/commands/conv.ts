/** The parts of the `conv` commands of both directions (protocol: ConvCommand). */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { record, type RecordOf } from '../record.js';
import { command, type CommandCodec } from './envelope.js';

const jsonText = record('JsonText', { data: c.string }, {});
/** JSON is sent as text inside its own sub-message. */
export interface JsonText extends t.TypeOf<typeof jsonText> {}
export const JsonText: t.Type<JsonText> = jsonText;

const memberInfo = record('ConvMemberInfo', { pid: c.string }, { role: c.string, infoId: c.string });
/** A member and its role: a `MemberRole`, or a role that this project does not know. */
export interface MemberInfo extends t.TypeOf<typeof memberInfo> {}
export const MemberInfo: t.Type<MemberInfo> = memberInfo;

/** The members that a command is about. */
export const people = { m: c.array(c.string) };

/** Makes the codec of a `conv` command whose sub-message has these fields. */
export interface ConvCodec<O extends string, R extends t.Props, P extends t.Props> extends CommandCodec<
  'conv',
  O,
  { convMessage: RecordOf<R, P> }
> {}

/** The codec of a `conv` command. */
export const conv = <O extends string, R extends t.Props, P extends t.Props>(
  op: O,
  required: R,
  optional: P,
): ConvCodec<O, R, P> => command('conv', op, { convMessage: record(`conv/${op} message`, required, optional) }, {});
