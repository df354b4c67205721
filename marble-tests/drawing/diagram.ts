/** Diagrams as they are recorded. */

/** A stream as a test has drawn it. */
export interface Line {
  readonly marbles: string;
  /** In words, by letter; those that are the letter itself are left out, and what there is no letter of. */
  readonly values: Readonly<Record<string, string>>;
  /** From when to when it was subscribed to, each time, where the test says so: `^---!`. */
  readonly subscriptions: readonly string[];
}

export interface Input extends Line {
  /** `cold`: its time begins with each subscription. `server`: what is drawn to happen there. */
  readonly kind: 'hot' | 'cold' | 'server';
}

/** What a test has drawn, each in the order in which it was made. */
export interface Diagram {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Line[];
}

/** The diagrams of a file, by the full names of its tests. */
export type Recording = Readonly<Record<string, Diagram>>;

/** Where the recording of a file is kept. */
export const recordingOf = (folder: string, testFile: string): string =>
  `${folder}/${encodeURIComponent(testFile)}.json`;
