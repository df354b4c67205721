/** Takes note of what arrives. */
export interface Tally {
  /** A text was read. */
  readonly text: (text: string) => void;
  /** A frame was received, and nobody looked into it. */
  readonly frame: (length: number) => void;
}

/** Logs in to a server as the reader and subscribes; resolves when it is ready to be flooded. */
export type Contender = (server: string, tally: Tally) => Promise<void>;
