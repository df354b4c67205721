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
   * Emits the client at once, also while the server can't be reached, and logs in when it can be. Until then its
   * status is `Reopening`: `outbox$` and timelines show the messages that a storage has kept, new messages wait in the
   * outbox, and other commands error with `ConnectionLost`. A login that fails is a `Session` fault, and is tried
   * again; a client that the server refuses for good is `Closed`. With `user`, the `id` has to be given. All logins of
   * a client share one session; its first login decides how a failure is treated. Default false: the client is emitted
   * when it is logged in.
   */
  readonly offline?: boolean;
  /**
   * Ends the lease of this subscription when it is aborted, as unsubscribing does. A `login` that is not finished
   * then errors with `SessionClosed`.
   */
  readonly signal?: AbortSignal;
}
