/** The types of `build.mjs`. It is JavaScript because it runs before `tsx` is registered. */

/** The compiler options that write dist/. */
export const project: { readonly include: readonly string[] };

/**
 * Builds unless dist/ is newer than the sources; `force` always builds. Ends the process if the sources don't
 * compile.
 */
export const build: (options?: { readonly force?: boolean }) => void;
