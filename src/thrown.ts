/** The message of a thrown value, for the text of an error. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** A thrown value as an error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** The same function, which never throws: `failed` gets what it throws. */
export const guarded =
  <A>(run: (value: A) => void, failed: (error: Error) => void) =>
  (value: A): void => {
    try {
      run(value);
    } catch (thrown) {
      failed(asError(thrown));
    }
  };
