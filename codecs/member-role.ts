import * as t from 'io-ts';

/** What a member may do: the owner has made the conversation; managers add, remove, silence and block. */
export const MemberRole = t.keyof({ Owner: null, Manager: null, Member: null }, 'MemberRole');
/** What a member may do: the owner has made the conversation; managers add, remove, silence and block. */
export type MemberRole = t.TypeOf<typeof MemberRole>;
