/** Look-ups of many conversations at a time, gathered into few questions. */
import { Observable, Subscription, type Subscriber } from 'rxjs';

export interface LookUpOptions<A> {
  /** Cold: looks up these ids. Emits once, then completes. */
  readonly lookUp: (ids: readonly string[]) => Observable<A>;
  /** The part of an answer that is about some of its ids. */
  readonly part: (answer: A, ids: readonly string[]) => A;
  /** The maximum number of ids in one question. */
  readonly size: number;
}

interface Asking<A> {
  readonly ids: readonly string[];
  readonly subscriber: Subscriber<A>;
}

/**
 * The same look-up with one question at a time. Ids that are requested during a question go into the next one, up to
 * `size` ids. A question is given up when nobody waits for it any more.
 */
export const gatheredLookUps = <A>({ lookUp, part, size }: LookUpOptions<A>): LookUpOptions<A>['lookUp'] => {
  const waiting = new Set<Asking<A>>();
  const asked = new Set<Asking<A>>();
  let question = Subscription.EMPTY;

  const nextIds = (): readonly string[] => {
    const ids = new Set<string>();
    for (const asking of waiting) {
      if (ids.size > 0 && ids.size + asking.ids.length > size) break;
      for (const id of asking.ids) ids.add(id);
      waiting.delete(asking);
      asked.add(asking);
    }
    return [...ids];
  };

  const ask = (): void => {
    if (asked.size > 0 || waiting.size === 0) return;
    const ids = nextIds();
    const answer = (tell: (asking: Asking<A>) => void): void => {
      const all = [...asked];
      asked.clear();
      all.forEach(tell);
      ask();
    };
    question = lookUp(ids).subscribe({
      next: (all) => {
        for (const { ids: own, subscriber } of asked) subscriber.next(part(all, own));
      },
      error: (error: unknown) => {
        answer(({ subscriber }) => {
          subscriber.error(error);
        });
      },
      complete: () => {
        answer(({ subscriber }) => {
          subscriber.complete();
        });
      },
    });
  };

  return (ids) =>
    new Observable((subscriber) => {
      const asking: Asking<A> = { ids, subscriber };
      waiting.add(asking);
      subscriber.add(() => {
        waiting.delete(asking);
        if (!asked.delete(asking) || asked.size > 0) return;
        question.unsubscribe();
        ask();
      });
      ask();
    });
};
