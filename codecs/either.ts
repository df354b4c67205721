/**
 * The parts of fp-ts's `Either` that this project needs, with the same type. A bundler can't remove the unused parts
 * of fp-ts's own module, because it computes many of them when it is loaded.
 */
import type { either } from 'fp-ts';

/** A success on the right, or a failure on the left. */
export type Either<E, A> = either.Either<E, A>;

/** Makes a failure. */
export const left = <E>(error: E): Either<E, never> => ({ _tag: 'Left', left: error });

/** Makes a success. */
export const right = <A>(value: A): Either<never, A> => ({ _tag: 'Right', right: value });

/** Whether the value is a failure. */
export const isLeft = <E, A>(either: Either<E, A>): either is either.Left<E> => either._tag === 'Left';

/** Whether the value is a success. */
export const isRight = <E, A>(either: Either<E, A>): either is either.Right<A> => either._tag === 'Right';

/** Applies a function to a success. A failure stays as it is. */
export const map = <E, A, B>(either: Either<E, A>, project: (value: A) => B): Either<E, B> =>
  isLeft(either) ? either : right(project(either.right));

/** Applies a function to a failure. A success stays as it is. */
export const mapLeft = <E, A, F>(either: Either<E, A>, project: (error: E) => F): Either<F, A> =>
  isLeft(either) ? left(project(either.left)) : either;

/** Continues after a success with a step that may fail. */
export const chain = <E, A, F, B>(either: Either<E, A>, next: (value: A) => Either<F, B>): Either<E | F, B> =>
  isLeft(either) ? either : next(either.right);
