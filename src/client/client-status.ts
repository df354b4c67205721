/**
 * Whether a client can be used. `Reopening`: there is no connection, the client logs in again with the next one.
 * `Closed`: the client is closed for good; `code` is 0 (logged out), 4111 (displaced by another login) or 4115
 * (kicked).
 */
export type ClientStatus =
  | { readonly _tag: 'Open' }
  | { readonly _tag: 'Reopening' }
  | { readonly _tag: 'Closed'; readonly code: number; readonly reason: string };
