import type * as t from 'io-ts';
import { record, type RecordOf } from '../record.js';
import { command, type CommandCodec } from './envelope.js';

/** Makes the codec of a `blacklist` command whose sub-message has these fields. */
export interface BlacklistCodec<O extends string, R extends t.Props, P extends t.Props> extends CommandCodec<
  'blacklist',
  O,
  { blacklistMessage: RecordOf<R, P> }
> {}

/** The codec of a `blacklist` command (protocol: BlacklistCommand). */
export const blacklist = <O extends string, R extends t.Props, P extends t.Props>(
  op: O,
  required: R,
  optional: P,
): BlacklistCodec<O, R, P> =>
  command('blacklist', op, { blacklistMessage: record(`blacklist/${op} message`, required, optional) }, {});
