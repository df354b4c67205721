/**
 * The party that does something: a client, or the application's back end, in a client's name or in no client's name.
 */
export interface Party {
  /** The back end may do everything. */
  readonly isBackEnd: boolean;
  readonly clientId?: string;
}

/** The name of the back end in notices. */
const REST_API = 'REST_API';

/** Who acts, as notices name it: the client, or the back end if it acts in no client's name. */
export const by = ({ clientId, isBackEnd }: Party): { readonly initBy?: string } => {
  if (clientId !== undefined) return { initBy: clientId };
  return isBackEnd ? { initBy: REST_API } : {};
};
