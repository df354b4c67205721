/** How processes send texts to each other: at most once, in the order of each sender, to who listens now. */
export interface Wire {
  /** What the log says of it. */
  readonly name: string;
  /** Sends a text. What can't be sent is lost, and `onBreak` tells so. It never throws. */
  readonly publish: (subject: string, text: string) => void;
  /** Listens. When the promise has resolved, what is published by others arrives. The result ends it. */
  readonly subscribe: (subject: string, receive: (text: string) => void) => Promise<() => void>;
  /**
   * Resolves when everything that was published before the call has been taken, and what others have published before
   * has come. Rejects if that is not known.
   */
  readonly confirm: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface WireOptions {
  /** Called when texts may have been lost: sent ones, or ones that should have come. */
  readonly onBreak: () => void;
  readonly report: (error: unknown) => void;
}

/** Opens a wire. */
export type OpenWire = (options: WireOptions) => Promise<Wire>;

/** Calls what may throw: an error must not reach the connection. */
export const guardedReceive =
  (receive: (text: string) => void, report: (error: unknown) => void) =>
  (text: string): void => {
    try {
      receive(text);
    } catch (error) {
      report(error);
    }
  };
