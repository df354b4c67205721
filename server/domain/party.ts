/**
 * The party that does something: a client, or the application's back end, in a client's name or in no client's name.
 */
export interface Party {
  /** The back end may do everything. */
  readonly isBackEnd: boolean;
  readonly clientId?: string;
}

/** The acting client, as notices name it; empty if there is none. */
export const by = ({ clientId }: Party): { readonly initBy?: string } =>
  clientId === undefined ? {} : { initBy: clientId };
