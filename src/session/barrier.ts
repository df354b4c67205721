/** A place in the stream of what arrives. */
import { Observable, endWith, type MonoTypeOperatorFunction, concatMap } from 'rxjs';

/** Passes through everything that what has come of a conversation passes through, in its turn. */
export interface Barrier {
  readonly _tag: 'Barrier';
  readonly conversationId: string;
  readonly reached: () => void;
}

/**
 * Holds back what the server has answered about a conversation until all that it had pushed of it before is in the
 * log. What is pushed may wait for its conversation to be known, and the server may forget it meanwhile: it belongs
 * before the answer.
 */
export const behindWhatHasCome = <T>(
  conversationId: string,
  insert: (barrier: Barrier) => void,
): MonoTypeOperatorFunction<T> =>
  concatMap((answer) =>
    new Observable<never>((subscriber) => {
      insert({
        _tag: 'Barrier',
        conversationId,
        reached: () => {
          subscriber.complete();
        },
      });
    }).pipe(endWith(answer)),
  );
