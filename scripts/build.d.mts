/** What `build.mjs` gives. It is JavaScript because it runs before `tsx` is registered. */

/** The configuration of the compiler that writes dist/. */
export const project: { readonly include: readonly string[] };

/** Builds unless dist/ is newer than the sources, or in any case. Ends the process where the sources don't compile. */
export const build: (options?: { readonly force?: boolean }) => void;
