/**
 * Puts arriving events in order: missed messages before live ones, each message once. Unknown conversations are
 * looked up first.
 */
import { Observable, Subscription, defaultIfEmpty, defer, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Message } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { runToCompletion } from '../connection/run-to-completion.js';
import { toRealtimeError } from '../errors.js';
import type { CatchUpOptions } from './catch-up.js';
import { inboxStep } from './inbox-step.js';
import {
  initialState,
  type Answer,
  type Cursors,
  type Effect,
  type Environment,
  type InboxInput,
  type Policy,
} from './inbox-state.js';
import type { LookUp } from './look-up.js';

export type { InboxInput } from './inbox-state.js';

/** How long a message waits for the acknowledgements by which it may be known, ms. */
const SETTLING = 10_000;

export interface InboxOptions extends CatchUpOptions, Policy, Environment {
  readonly clock: Pick<Clock, 'after' | 'elapsed'>;
  /** Called when events were dropped. */
  readonly onOverflow: (what: 'waiting' | 'conversations', conversationId: string) => void;
  /** Called with an error of the inbox itself. */
  readonly onBug: (thrown: unknown) => void;
  /** Looks up the conversations with these ids. */
  readonly lookUp: LookUp;
  /** Called with each edit and recall that was passed on, now or earlier. */
  readonly changed: (message: Message) => void;
}

/** Takes inputs one by one. */
export interface Inbox {
  readonly take: (input: InboxInput) => void;
  /** Gives its questions up. */
  readonly end: () => void;
}

/**
 * Puts a client's log in order. Within a conversation, messages that were missed during a break come before messages
 * that are pushed after it, and each message comes once. An event of an unknown conversation waits for the
 * conversation's `Snapshot`. Later events of that conversation wait behind it; events of other conversations don't
 * wait.
 *
 * The position of a conversation moves before the message is emitted. Events that wait when the connection breaks are
 * dropped, but not lost: the position has not moved, so the next catch-up fetches them.
 */
export const createInbox = (options: InboxOptions, emit: (event: ClientEvent) => void, cursors?: Cursors): Inbox => {
  const step = inboxStep(options);
  let state = initialState(cursors);
  let asking = new Subscription();

  const ask = <T>(
    question: () => Observable<T>,
    none: T,
    answered: (answer: T) => Answer,
    failed: (thrown: unknown) => Answer,
  ): void => {
    asking.add(
      defer(question)
        .pipe(defaultIfEmpty(none))
        .subscribe({
          next: (answer) => {
            dispatch(answered(answer));
          },
          error: (thrown: unknown) => {
            dispatch(failed(thrown));
          },
        }),
    );
  };

  const carryOut = (effect: Effect): void => {
    switch (effect._tag) {
      case 'LookUp': {
        const { session, ids } = effect;
        ask(
          () => options.lookUp(ids),
          { infos: [], gone: [] },
          (found) => ({ _tag: 'LookedUp', session, ids, ...found }),
          (thrown) => ({ _tag: 'LookUpFailed', session, ids, error: toRealtimeError(thrown) }),
        );
        return;
      }
      case 'FetchPage': {
        const { session, conversationId, after, same } = effect;
        ask(
          () => options.pageAfter(conversationId, after, same),
          { messages: [], isWhole: true, isLast: true },
          (page) => ({ _tag: 'Page', session, conversationId, page }),
          (thrown) => ({ _tag: 'PageFailed', session, conversationId, error: toRealtimeError(thrown) }),
        );
        return;
      }
      case 'Wait':
        asking.add(
          options.clock.after(SETTLING).subscribe(() => {
            dispatch({ ...effect, _tag: 'Waited' });
          }),
        );
        return;
      case 'Abandon':
        asking.unsubscribe();
        asking = new Subscription();
        return;
      case 'Overflow':
        options.onOverflow(effect.what, effect.conversationId);
        return;
      case 'Report':
        options.onFailure(effect.conversationId, effect.error);
        return;
      case 'Reach':
        effect.barrier.reached();
        return;
      case 'Changed':
        options.changed(effect.message);
    }
  };

  const dispatch = runToCompletion((input: InboxInput | Answer): void => {
    try {
      const made = step(state, input, options);
      state = made.state;
      for (const event of made.out) emit(event);
      for (const effect of made.effects) carryOut(effect);
    } catch (thrown) {
      // One input must not end the log: the others go on.
      options.onBug(thrown);
    }
  });

  return {
    take: dispatch,
    end: () => {
      asking.unsubscribe();
    },
  };
};

/** The same as an operator. Never errors. Completes with its source. */
export const inbox =
  (options: InboxOptions): OperatorFunction<InboxInput, ClientEvent> =>
  (input$) =>
    new Observable<ClientEvent>((subscriber) => {
      const { take, end } = createInbox(options, (event) => {
        subscriber.next(event);
      });
      subscriber.add(end);
      subscriber.add(
        input$.subscribe({
          next: take,
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    });
