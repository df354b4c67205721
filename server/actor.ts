import type { Party } from './domain/party.js';
import type { Session } from './session.js';

/** The party that does something: a client, in a session or over HTTP, or the application's back end. */
export interface Actor extends Party {
  readonly session?: Session;
}

/** The acting session, which hears of its own action after the answer to its command. */
export const causedBy = ({ session }: Actor): { readonly cause?: string } =>
  session === undefined ? {} : { cause: session.id };

/** The acting session, which is not told of its own action: its answer says all of it. */
export const exceptActor = ({ session }: Actor): { readonly except?: string } =>
  session === undefined ? {} : { except: session.id };

export const clientActor = (session: Session): Actor & { readonly clientId: string; readonly session: Session } => ({
  isBackEnd: false,
  clientId: session.clientId,
  session,
});
