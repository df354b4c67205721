const MAX_LENGTH = 64;

/** Whether the value is a valid client id of the protocol: a string of 1 to 64 characters. */
export const isClientId = (id: unknown): id is string =>
  typeof id === 'string' && id.length >= 1 && id.length <= MAX_LENGTH;
