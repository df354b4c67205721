/**
 * A message that clients of the service exchange behind the scenes: a read receipt in a group, or the set-up of a
 * call (protocol: `_lctype` -101 to -105). It is in the log, but it is not shown, listed or counted as a message.
 */
export interface Signal {
  readonly _tag: 'Signal';
  /** -101 to -105. */
  readonly type: number;
  /** The body as it was received. */
  readonly raw: string;
}

/** Whether a type of message is a signal. */
export const isSignalType = (type: number | undefined): boolean => type !== undefined && type <= -101 && type >= -105;
