/**
 * Whether a client can be used: `Reopening` while its connection is away, `Closed` for good (0 logged out, 4111
 * displaced, 4115 kicked).
 */
export type ClientStatus =
  | { readonly _tag: 'Open' }
  | { readonly _tag: 'Reopening' }
  | { readonly _tag: 'Closed'; readonly code: number; readonly reason: string };
