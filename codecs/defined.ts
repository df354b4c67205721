/** The keys of an object that may hold undefined lose that, and may be absent instead. */
export type Defined<A> = {
  readonly [K in keyof A as undefined extends A[K] ? never : K]: A[K];
} & {
  readonly [K in keyof A as undefined extends A[K] ? K : never]?: Exclude<A[K], undefined>;
} extends infer D
  ? { readonly [K in keyof D]: D[K] }
  : never;

/**
 * An object without the keys whose value is undefined.
 *
 * @example
 * defined({ id: 'c', name: undefined }); // { id: 'c' }
 */
export const defined = <const A extends object>(given: A): Defined<A> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<A>;
