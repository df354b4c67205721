/** Optimistic changes: `state$` shows them before the server has confirmed them. */
import { BehaviorSubject, defer, distinctUntilChanged, finalize, type Observable } from 'rxjs';
import type { ConversationEvent } from '../../../streams/index.js';

type Wish = Extract<ConversationEvent, { _tag: 'Attributes' }>;

export interface Wishes {
  /** Hot, replays: the unconfirmed changes of a conversation, the earliest first. */
  readonly at: (conversationId: string) => Observable<readonly Wish[]>;
  /** The same command. Its change is shown while the command is running. */
  readonly during: <A>(wish: Wish, command$: Observable<A>) => Observable<A>;
}

const NONE: readonly Wish[] = [];

export const createWishes = (): Wishes => {
  const wishes = new Map<string, BehaviorSubject<readonly Wish[]>>();
  const of = (id: string): BehaviorSubject<readonly Wish[]> => {
    const own = wishes.get(id) ?? new BehaviorSubject(NONE);
    wishes.set(id, own);
    return own;
  };
  return {
    at: (id) => defer(() => of(id)).pipe(distinctUntilChanged()),
    during: ({ conversationId, ...wish }, command$) =>
      defer(() => {
        const own = { ...wish, conversationId };
        const here = of(conversationId);
        here.next([...here.value, own]);
        return command$.pipe(
          finalize(() => {
            const others = here.value.filter((other) => other !== own);
            here.next(others.length === 0 ? NONE : others);
            if (here.value === NONE && !here.observed) wishes.delete(conversationId);
          }),
        );
      }),
  };
};
