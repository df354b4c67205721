import type { Party } from './domain/party.js';
import type { Session } from './session.js';

/** The party that does something: a client, in a session or over HTTP, or the application's back end. */
export interface Actor extends Party {
  readonly session?: Session;
}

/** The acting session, which is not told of its own action. */
export const exceptActor = ({ session }: Actor): { readonly except?: string } =>
  session === undefined ? {} : { except: session.id };

export const clientActor = (session: Session): Actor & { readonly clientId: string; readonly session: Session } => ({
  isBackEnd: false,
  clientId: session.clientId,
  session,
});
