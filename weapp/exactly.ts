/** The bytes of a view as a buffer of their own. `wx` takes buffers only, and takes all of a buffer. */
export const exactly = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
