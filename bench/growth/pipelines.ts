/** Pipelines and states that the subjects of `rx-realtime/streams` share. */
import { Observable, Subject, map, scan, take, type OperatorFunction, type Subscription } from 'rxjs';
import {
  consume,
  conversationsReducer,
  keyedState,
  lastMessagesReducer,
  timelineReducer,
  toTimeline,
  unreadReducer,
  type ClientEvent,
  type KeyedState,
  type Message,
  type TimelineInput,
  type UnreadState,
} from 'rx-realtime/streams';
import type { ConversationInfo } from 'rx-realtime/codecs';
import { SELF, arrived, idOf, message, snapshot } from './entries.js';
import { times, type Work } from './subject.js';

/** Pushes all items through an operator. */
export const through = <T, R>(items: readonly T[], operator: OperatorFunction<T, R>): Work => {
  const source = new Subject<T>();
  let seen = 0;
  const subscription = source.pipe(operator).subscribe(() => {
    seen += 1;
  });
  return {
    run: () => {
      for (const item of items) source.next(item);
      source.complete();
    },
    end: () => {
      subscription.unsubscribe();
      return seen;
    },
  };
};

/** Pushes all items to a strategy whose consumer takes the next one only at the end. */
export const waiting = <T>(items: readonly T[], strategy: OperatorFunction<T, T>): Work => {
  const source = new Subject<T>();
  const gate = new Subject<void>();
  const subscription = source
    .pipe(
      strategy,
      consume(() => gate.pipe(take(1))),
    )
    .subscribe();
  return {
    run: () => {
      for (const item of items) source.next(item);
      items.forEach(() => {
        gate.next();
      });
    },
    end: () => {
      subscription.unsubscribe();
    },
  };
};

export const messages = (size: number): readonly Message[] => times(size).map((number) => message(number));

export interface States {
  readonly log: Subject<ClientEvent>;
  readonly conversations: KeyedState<ConversationInfo>;
  readonly lastMessages: KeyedState<Message>;
  readonly unread: KeyedState<UnreadState>;
  readonly subscriptions: readonly Subscription[];
}

/** A log with N conversations, and the states that watch it. */
export const states = (size: number): States => {
  const log = new Subject<ClientEvent>();
  const [conversations, a] = keyedState(log, conversationsReducer);
  const [lastMessages, b] = keyedState(log, lastMessagesReducer);
  const [unread, c] = keyedState(
    log,
    unreadReducer(SELF, () => true),
  );
  for (const number of times(size)) log.next(snapshot(number));
  return { log, conversations, lastMessages, unread, subscriptions: [a, b, c] };
};

/** One message in each of N conversations. */
export const inEach = (log: Subject<ClientEvent>, size: number): (() => void) => {
  const entries = times(size).map((number) => arrived(size + number, idOf(number)));
  return () => {
    for (const entry of entries) log.next(entry);
  };
};

export const ended = (subscriptions: readonly Subscription[]): (() => void) => {
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
};

export const timelineOf = (inputs: readonly TimelineInput[], window: number): Work =>
  through(inputs, (source$) => source$.pipe(scan(timelineReducer(window), undefined), map(toTimeline)));

/** Turns that the subject ends itself. */
export const turns = (): { readonly turn: () => Observable<void>; readonly end: () => void } => {
  const due: (() => void)[] = [];
  return {
    turn: () =>
      new Observable<void>((subscriber) => {
        due.push(() => {
          subscriber.next();
          subscriber.complete();
        });
      }),
    end: () => {
      for (const then of due.splice(0)) then();
    },
  };
};

export const PAGE = 100;
