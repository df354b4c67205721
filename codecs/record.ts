/** Objects with a fixed set of keys. Nearly everything on the wire consists of them. */
import type * as t from 'io-ts';
import * as c from './type.js';
import { Type } from './type.js';
import { isRight } from './either.js';

/** The optional keys of a record, with the types of its values. */
export type OptionalOf<O extends t.Props> = { [K in keyof O]?: t.TypeOf<O[K]> };

/** Merges the keys into one object type, which editors display better. */
type Flat<T> = T extends infer U ? { [K in keyof U]: U[K] } : never;

/** The type of a record with these required and optional keys. */
export type RecordOf<R extends t.Props, O extends t.Props> = Flat<{ [K in keyof R]: t.TypeOf<R[K]> } & OptionalOf<O>>;

type Output<R extends t.Props, O extends t.Props> = { [K in keyof R]: t.OutputOf<R[K]> } & {
  [K in keyof O]?: t.OutputOf<O[K]>;
};

const isObject = (input: unknown): input is Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

/**
 * The codec of an object with required and optional keys, and no others.
 *
 * `is` accepts exactly these keys. A decode drops all other keys, including an own `__proto__`, and treats
 * `undefined` as absent. It is cheaper than io-ts's `exact(intersection([type, partial]))` because it looks only at
 * the keys that are present. Its errors name only keys.
 */
export class RecordType<R extends t.Props, O extends t.Props> extends Type<RecordOf<R, O>, Output<R, O>> {
  readonly _tag = 'RecordType';

  constructor(
    name: string,
    /** The keys that must be present. */
    readonly required: R,
    /** The keys that may be present. */
    readonly optional: O,
  ) {
    const fields = new Map<string, t.Mixed>(Object.entries({ ...required, ...optional }));
    const needed = Object.keys(required);
    // If every field has the same form on both sides, the record has it too, and a decode needs only `is`.
    const same = [...fields.values()].every(({ encode }) => encode === c.identity);

    /** The check of each key, found with one lookup, because `is` runs for every frame. */
    const guards = new Map(
      [...fields].map(([key, codec]) => [key, { is: codec.is, counts: Object.hasOwn(required, key) ? 1 : 0 }]),
    );

    const is = (input: unknown): input is RecordOf<R, O> => {
      if (!isObject(input)) return false;
      let missing = needed.length;
      for (const key of Object.keys(input)) {
        const guard = guards.get(key);
        if (guard?.is(input[key]) !== true) return false;
        missing -= guard.counts;
      }
      return missing === 0;
    };

    const validate = (input: unknown, context: t.Context): t.Validation<RecordOf<R, O>> => {
      if (same && is(input)) return c.success(input);
      if (!isObject(input)) return c.failure(input, context);
      const errors: t.Errors = [];
      const known: [string, unknown][] = [];
      for (const [key, codec] of fields) {
        const value = Object.hasOwn(input, key) ? input[key] : undefined;
        if (value === undefined && !Object.hasOwn(required, key)) continue;
        const field = codec.validate(value, c.appendContext(context, key, codec, value));
        if (isRight(field)) known.push([key, field.right]);
        else c.addErrors(errors, field.left);
      }
      return errors.length === 0 ? c.success(Object.fromEntries(known) as RecordOf<R, O>) : c.failures(errors);
    };

    const encode = (record: RecordOf<R, O>): Output<R, O> =>
      Object.fromEntries(
        Object.entries(record).map(([key, value]) => [key, fields.get(key)?.encode(value) as unknown]),
      ) as Output<R, O>;

    super(name, is, validate, same ? (c.identity as t.Encode<RecordOf<R, O>, Output<R, O>>) : encode);
  }
}

/**
 * An object with required and optional keys, and no others.
 *
 * @example
 * const Point = record('Point', { x: t.number, y: t.number }, { label: t.string });
 */
export const record = <R extends t.Props, O extends t.Props>(
  name: string,
  required: R,
  optional: O,
): RecordType<R, O> => new RecordType(name, required, optional);
