/** Records what arrives. */
export interface Tally {
  /** Called when a text was read. */
  readonly text: (text: string) => void;
  /** Called when a frame was received and not decoded. */
  readonly frame: (length: number) => void;
}

/** Logs in to a server as the reader and subscribes. Resolves when it is ready for the flood. */
export type Contender = (server: string, tally: Tally) => Promise<void>;
