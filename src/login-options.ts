import type { ConversationSignatureFactory, SignatureFactory } from './session/signature.js';

/** How to log in. */
export interface LoginOptions {
  /** A login with the same client id and the same tag displaces this one, and is displaced by the next. */
  readonly tag?: string;
  /** Signs this login. */
  readonly signature?: SignatureFactory;
  /** Signs what this client does to conversations. */
  readonly conversationSignature?: ConversationSignatureFactory;
  /**
   * Ends this subscription's lease when it is aborted, as unsubscribing does; a `login` that is still under way
   * errors with `SessionClosed`.
   */
  readonly signal?: AbortSignal;
}
