/**
 * The combinators of io-ts that the wire needs. They have io-ts's types, results and errors, so its codecs and these
 * can be parts of each other. io-ts itself is one module with all its combinators, of which a bundler can't remove
 * the unused ones.
 */
import type * as t from 'io-ts';
import { isLeft, left, right } from './either.js';

/** Accepts the value. */
export const success = right;

/** Refuses with all these errors. */
export const failures: (errors: t.Errors) => t.Validation<never> = left;

/** Refuses the value. */
export const failure = (value: unknown, context: t.Context): t.Validation<never> => failures([{ value, context }]);

/** Adds errors one by one: there may be more of them than a call has arguments. */
export const addErrors = (errors: t.Errors, more: t.Errors): void => {
  for (const error of more) errors.push(error);
};

/** The context of a part. */
export const appendContext = (
  context: t.Context,
  key: string,
  type: t.ContextEntry['type'],
  actual: unknown,
): t.Context => [...context, { key, type, actual }];

/** Encodes a value as itself. */
export const identity = <A>(value: A): A => value;

/** Without the type of `pipe`: TypeScript can't compare it with that of io-ts. */
class Codec<A, O, I> {
  constructor(
    readonly name: string,
    readonly is: t.Is<A>,
    readonly validate: t.Validate<I, A>,
    readonly encode: t.Encode<A, O>,
  ) {}

  readonly decode = (input: I): t.Validation<A> => this.validate(input, appendContext([], '', this, input));

  pipe(next: t.Mixed, name = `pipe(${this.name}, ${next.name})`): unknown {
    return new Codec(
      name,
      next.is,
      (input: I, context) => {
        const first = this.validate(input, context);
        return isLeft(first) ? first : next.validate(first.right, context);
      },
      (value) => this.encode(next.encode(value) as A),
    );
  }

  asDecoder(): this {
    return this;
  }

  asEncoder(): this {
    return this;
  }
}

/** Makes a codec from its name and its three functions. */
export const Type: new <A, O = A, I = unknown>(
  name: string,
  is: t.Is<A>,
  validate: t.Validate<I, A>,
  encode: t.Encode<A, O>,
) => t.Type<A, O, I> = Codec as never;

/** Makes a codec from a guard. Both sides of the codec have the same form. */
export const guarded = <A>(name: string, is: t.Is<A>): t.Type<A> =>
  new Type<A>(name, is, (input, context) => (is(input) ? success(input) : failure(input, context)), identity);

/** A codec with the properties by which one of io-ts shows what it is. */
const shown = <C extends t.Mixed>(codec: t.Type<t.TypeOf<C>, t.OutputOf<C>>, parts: Omit<C, keyof t.Mixed>): C =>
  Object.assign(codec, parts) as never;

/** A text. */
export const string: t.StringC = shown(
  guarded('string', (input) => typeof input === 'string'),
  { _tag: 'StringType' },
);

/** A number, which may be infinite or `NaN`. */
export const number: t.NumberC = shown(
  guarded('number', (input) => typeof input === 'number'),
  { _tag: 'NumberType' },
);

/** True or false. */
export const boolean: t.BooleanC = shown(
  guarded('boolean', (input) => typeof input === 'boolean'),
  { _tag: 'BooleanType' },
);

/** Any value. */
export const unknown: t.UnknownC = shown(guarded('unknown', (() => true) as unknown as t.Is<unknown>), {
  _tag: 'UnknownType',
});

/** One value. */
export const literal = <V extends string | number | boolean>(value: V, name = JSON.stringify(value)): t.LiteralC<V> =>
  shown<t.LiteralC<V>>(
    guarded(name, (input): input is V => input === value),
    { _tag: 'LiteralType', value },
  );

/** The keys of an object. */
export const keyof = <D extends Record<string, unknown>>(
  keys: D,
  name = Object.keys(keys)
    .map((key) => JSON.stringify(key))
    .join(' | '),
): t.KeyofC<D> =>
  shown<t.KeyofC<D>>(
    guarded(name, (input): input is keyof D => typeof input === 'string' && Object.hasOwn(keys, input)),
    { _tag: 'KeyofType', keys },
  );

/** A list with items of one type. */
export const array = <C extends t.Mixed>(item: C, name = `Array<${item.name}>`): t.ArrayC<C> => {
  type Values = t.TypeOf<C>[];
  return shown<t.ArrayC<C>>(
    new Type<Values, t.OutputOf<C>[]>(
      name,
      (input): input is Values => Array.isArray(input) && input.every(item.is),
      (input, context) => {
        if (!Array.isArray(input)) return failure(input, context);
        const errors: t.Errors = [];
        const values: unknown[] = [];
        input.forEach((part: unknown, index) => {
          const read = item.validate(part, appendContext(context, String(index), item, part));
          if (isLeft(read)) addErrors(errors, read.left);
          else values.push(read.right as unknown);
        });
        return errors.length > 0 ? failures(errors) : success(values as Values);
      },
      item.encode === identity ? identity : (values: unknown[]) => values.map((value) => item.encode(value) as never),
    ),
    { _tag: 'ArrayType', type: item },
  );
};

/** A list that is only read. */
export const readonlyArray = <C extends t.Mixed>(item: C, name = `ReadonlyArray<${item.name}>`): t.ReadonlyArrayC<C> =>
  shown<t.ReadonlyArrayC<C>>(array(item, name) as never, { _tag: 'ReadonlyArrayType', type: item });

/** A value of the first codec that accepts it. */
export const union = <CS extends [t.Mixed, t.Mixed, ...t.Mixed[]]>(types: CS, name: string): t.UnionC<CS> => {
  type Value = t.TypeOf<CS[number]>;
  const codecFor = (value: Value): t.Mixed | undefined => types.find(({ is }) => is(value));
  return shown<t.UnionC<CS>>(
    new Type<Value, t.OutputOf<CS[number]>>(
      name,
      (input): input is Value => codecFor(input) !== undefined,
      (input, context) => {
        const errors: t.Errors = [];
        for (const [index, type] of types.entries()) {
          const read = type.validate(input, appendContext(context, String(index), type, input));
          if (!isLeft(read)) return read;
          addErrors(errors, read.left);
        }
        return failures(errors);
      },
      types.every(({ encode }) => encode === identity) ? identity : (value) => codecFor(value)?.encode(value) as never,
    ),
    { _tag: 'UnionType', types },
  );
};
