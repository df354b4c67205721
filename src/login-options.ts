import type { ConversationSignatureFactory, SignatureFactory } from './session/signature.js';

/** Options of one login. */
export interface LoginOptions {
  /**
   * A name for this kind of device, for example `mobile`. Of all logins with the same client id and the same tag only
   * the latest stays: it displaces the one before.
   */
  readonly tag?: string;
  /**
   * Signs this login. Default: for a `user` the application's HTTP API, otherwise the `signature` of the realtime.
   */
  readonly signature?: SignatureFactory;
  /** Signs what this client does to conversations. Default: the `conversationSignature` of the realtime. */
  readonly conversationSignature?: ConversationSignatureFactory;
  /**
   * Ends the lease of this subscription when it is aborted, as unsubscribing does. A `login` that is not finished
   * then errors with `SessionClosed`.
   */
  readonly signal?: AbortSignal;
}
