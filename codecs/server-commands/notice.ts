/** Notices about a conversation: something happened to the receiver or to some members. */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { conv, people, type ConvCodec } from '../commands/conv.js';

/** The codec of a notice to the client that it is about. `initBy` is the client that did it. */
export interface NoticeCodec<O extends string> extends ConvCodec<O, { cid: t.StringC }, { initBy: t.StringC }> {}

/** The codec of a notice about the members `m`. `initBy` is the client that did it. */
export interface MemberNoticeCodec<O extends string> extends ConvCodec<
  O,
  { cid: t.StringC },
  { initBy: t.StringC; m: t.ArrayC<t.StringC> }
> {}

/** The codec of a notice to the client that it is about. */
export const notice = <O extends string>(op: O): NoticeCodec<O> => conv(op, { cid: c.string }, { initBy: c.string });

/** The codec of a notice about members. */
export const memberNotice = <O extends string>(op: O): MemberNoticeCodec<O> =>
  conv(op, { cid: c.string }, { initBy: c.string, ...people });
