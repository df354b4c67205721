/** Who does something: a client, or the application's back end, in the name of a client or in nobody's. */
export interface Party {
  /** It may do everything. */
  readonly isBackEnd: boolean;
  readonly clientId?: string;
}

/** Who did it, as notices have it, where it was somebody. */
export const by = ({ clientId }: Party): { readonly initBy?: string } =>
  clientId === undefined ? {} : { initBy: clientId };
