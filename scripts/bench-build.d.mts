/**
 * Compiles the benchmarks to `.cache/bench/` of a checkout of this package. Default: this checkout. Returns the
 * folder.
 */
export const buildBenches: (root?: string) => string;
