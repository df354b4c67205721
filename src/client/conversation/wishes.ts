/** Optimistic changes: `state$` shows them before the server has confirmed them. */
import { BehaviorSubject, defer, distinctUntilChanged, finalize, map, type Observable } from 'rxjs';
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
  const wishes = new BehaviorSubject<readonly Wish[]>(NONE);
  return {
    at: (conversationId) =>
      wishes.pipe(
        map((all) => {
          const own = all.filter((wish) => wish.conversationId === conversationId);
          return own.length === 0 ? NONE : own;
        }),
        distinctUntilChanged(),
      ),
    during: (wish, command$) =>
      defer(() => {
        const own = { ...wish };
        wishes.next([...wishes.value, own]);
        return command$.pipe(
          finalize(() => {
            wishes.next(wishes.value.filter((other) => other !== own));
          }),
        );
      }),
  };
};
