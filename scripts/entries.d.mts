/** The types of `entries.mjs`. It is JavaScript because it is read before anything is installed. */

/** A public entry. All paths are relative to the root of the project. */
export interface Entry {
  /** The import specifier: `rx-realtime/streams`. */
  readonly specifier: string;
  /** `streams`; `rx-realtime` for the main entry. */
  readonly name: string;
  /** What Node loads: `streams/index.ts`. */
  readonly source: string;
  /** The top-level folder of the source: `streams`. */
  readonly folder: string;
  /** `dist/streams/index.d.ts`. */
  readonly types: string;
}

/** The entries of this package. */
export const entries: readonly Entry[];

/** The top-level folders of the entries: these are published. */
export const folders: readonly string[];
