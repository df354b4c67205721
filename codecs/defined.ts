type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * A copy of an object without the keys whose value is `undefined`.
 *
 * @example defined({ id: 'a', tag: undefined }); // { id: 'a' }
 */
export const defined = <T extends object>(fields: T): Defined<T> => {
  const kept: Record<string, unknown> = {};
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key];
  // Only keys whose value is `undefined` are missing.
  return kept as Defined<T>;
};
