/** Heartbeats, recognized by their first bytes. */

/** The field `cmd` with the value 14. */
const HEARTBEAT = Buffer.from([0x08, 0x0e]);
const HEARTBEAT_TEXT = /^CA[45]/;
const HEARTBEAT_BYTES = 64;

/** Whether a frame is a heartbeat. */
export const isHeartbeat = (bytes: Buffer, isBinary: boolean): boolean =>
  bytes.length <= HEARTBEAT_BYTES &&
  (isBinary ? bytes.subarray(0, 2).equals(HEARTBEAT) : HEARTBEAT_TEXT.test(bytes.toString('latin1')));
