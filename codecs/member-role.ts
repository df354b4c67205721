import type * as t from 'io-ts';
import * as c from './type.js';

/** The role of a member. The owner created the conversation. Managers add, remove, silence and block clients. */
export const MemberRole = c.keyof({ Owner: null, Manager: null, Member: null }, 'MemberRole');
/** The role of a member. The owner created the conversation. Managers add, remove, silence and block clients. */
export type MemberRole = t.TypeOf<typeof MemberRole>;
