/** A barrier: a marker in the stream of arriving events. */
import { Observable, endWith, type MonoTypeOperatorFunction, concatMap } from 'rxjs';

/** Takes its turn among the events of a conversation. It is reached when all events before it are in the log. */
export interface Barrier {
  readonly _tag: 'Barrier';
  readonly conversationId: string;
  readonly reached: () => void;
}

/**
 * Holds back the server's answer about a conversation until all earlier pushes of this conversation are in the log. A
 * push may wait until its conversation is known, and the server may delete the conversation meanwhile: its place is
 * still before the answer.
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
