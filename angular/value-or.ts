/**
 * What a function of the application gives, or another value if it throws, as the value of a resource does that has
 * failed. What it has read is tracked either way.
 */
export const valueOr = <T, U>(read: () => T, otherwise: (thrown: unknown) => U): T | U => {
  try {
    return read();
  } catch (thrown) {
    return otherwise(thrown);
  }
};

/** For `valueOr`: nothing. */
export const nothing = (): undefined => undefined;
