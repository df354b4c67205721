/** What else is known of a call that the store could not carry out. */
export interface StoreFailureOptions extends ErrorOptions {
  /** Nothing was changed by the call. Otherwise nobody knows. */
  readonly isUnchanged?: boolean;
}

/**
 * The store could not carry a call out: its database can't be reached, and nobody knows whether something was changed.
 * The socket of a message is closed then, so that its client sends it again. With `isUnchanged`, nothing was changed:
 * the command is refused. A store of your own rejects with it to say so.
 *
 * @example
 * throw new StoreFailure('the disk is full', 'ENOSPC', { isUnchanged: true });
 */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  /** Nothing was changed by the call. Otherwise nobody knows. */
  readonly isUnchanged: boolean;

  constructor(
    message: string,
    /** The code of the database's error, or of another error. */
    readonly code?: string | number,
    { isUnchanged = false, ...options }: StoreFailureOptions = {},
  ) {
    super(message, options);
    this.isUnchanged = isUnchanged;
  }
}
