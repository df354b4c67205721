/** Notices about a conversation: something happened to the receiver or to some members. */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { conv, people, type ConvCodec } from '../commands/conv.js';

/**
 * The codec of a notice to the client that it is about. `initBy` is the client that did it, `udate` is the time of a
 * change of members in ISO 8601.
 */
export interface NoticeCodec<O extends string> extends ConvCodec<
  O,
  { cid: t.StringC },
  { initBy: t.StringC; udate: t.StringC }
> {}

/** The codec of a notice about the members `m`. `initBy` and `udate` as above. */
export interface MemberNoticeCodec<O extends string> extends ConvCodec<
  O,
  { cid: t.StringC },
  { initBy: t.StringC; udate: t.StringC; m: t.ArrayC<t.StringC> }
> {}

/** The codec of a notice to the client that it is about. */
export const notice = <O extends string>(op: O): NoticeCodec<O> =>
  conv(op, { cid: c.string }, { initBy: c.string, udate: c.string });

/** The codec of a notice about members. */
export const memberNotice = <O extends string>(op: O): MemberNoticeCodec<O> =>
  conv(op, { cid: c.string }, { initBy: c.string, udate: c.string, ...people });
