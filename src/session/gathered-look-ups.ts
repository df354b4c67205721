/** Many conversations that become known at a time. */
import { Observable, Subscription, type Subscriber } from 'rxjs';

export interface LookUpOptions<A> {
  /** Cold: what there is of these ids; emits once, completes. */
  readonly lookUp: (ids: readonly string[]) => Observable<A>;
  /** What an answer says of some of the ids that were asked about. */
  readonly part: (answer: A, ids: readonly string[]) => A;
  /** So many ids go into one question. */
  readonly size: number;
}

interface Asking<A> {
  readonly ids: readonly string[];
  readonly subscriber: Subscriber<A>;
}

/**
 * The same look-up, one question at a time: what is asked for while one is under way goes into the next, up to `size`
 * ids in one. A question that nobody waits for any more is given up.
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
