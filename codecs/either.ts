/**
 * What this project needs of fp-ts's `Either`, and its type. A bundler can't drop what isn't used of fp-ts's own
 * module, since much of it is computed when it is loaded.
 */
import type { either } from 'fp-ts';

/** A success on the right, or what went wrong on the left. */
export type Either<E, A> = either.Either<E, A>;

/** A failure. */
export const left = <E>(error: E): Either<E, never> => ({ _tag: 'Left', left: error });

/** A success. */
export const right = <A>(value: A): Either<never, A> => ({ _tag: 'Right', right: value });

/** Whether it is a failure. */
export const isLeft = <E, A>(either: Either<E, A>): either is either.Left<E> => either._tag === 'Left';

/** Whether it is a success. */
export const isRight = <E, A>(either: Either<E, A>): either is either.Right<A> => either._tag === 'Right';

/** What the success is made of, a failure being left as it is. */
export const map = <E, A, B>(either: Either<E, A>, project: (value: A) => B): Either<E, B> =>
  isLeft(either) ? either : right(project(either.right));

/** The same success, with the failure as something else. */
export const mapLeft = <E, A, F>(either: Either<E, A>, project: (error: E) => F): Either<F, A> =>
  isLeft(either) ? left(project(either.left)) : either;

/** What follows a success, which may fail itself. */
export const chain = <E, A, F, B>(either: Either<E, A>, next: (value: A) => Either<F, B>): Either<E | F, B> =>
  isLeft(either) ? either : next(either.right);
