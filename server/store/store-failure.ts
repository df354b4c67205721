/** The store could not carry a call out. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';

  constructor(
    message: string,
    /** The code of the database's error, or of another error. */
    readonly code?: string | number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
