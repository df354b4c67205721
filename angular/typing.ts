/** Who is typing in a conversation, as a signal. */
import { InjectionToken, assertInInjectionContext, inject, untracked, type Signal } from '@angular/core';
import { defineMessage, type Clock, type Conversation, type MessageDefinition } from 'rx-realtime';
import { JsonObject } from 'rx-realtime/codecs';
import {
  EMPTY,
  catchError,
  concat,
  distinctUntilChanged,
  filter,
  groupBy,
  map,
  mergeMap,
  of,
  scan,
  switchMap,
  type Observable,
} from 'rxjs';
import { conversationOf, type ConversationId } from './conversation-of.js';
import { injectLatest } from './latest.js';
import { injectProvided, type RealtimeFeature } from './provide-realtime.js';
import type { Session } from './session.js';

/** Who is typing in a conversation. Reading it never throws. */
export interface Typing {
  /** The client ids of the others who are typing now. */
  readonly who: Signal<readonly string[]>;
  /** Tells the others that this user is typing. Call it for each key: at most one sign goes out in 3 s. */
  typing(): void;
}

type Sign = MessageDefinition<JsonObject>;

const SIGN = new InjectionToken<Sign>('rx-realtime: the message type of a sign of typing');

/** While somebody types, a sign goes out every 3 s. It is shown for 5 s. */
const [TOLD, SHOWN] = [3_000, 5_000];

const NOBODY: readonly string[] = [];

/** The same list if nothing changes. */
const withTyper = (before: readonly string[], who: string, isTyping: boolean): readonly string[] =>
  before.includes(who) === isTyping ? before : isTyping ? [...before, who] : before.filter((other) => other !== who);

/** Who is typing. A message ends it, and so do 5 s without a sign. */
const typers = ({ messages$ }: Conversation, self: string | undefined, sign: Sign, clock: Clock) =>
  messages$.pipe(
    filter(({ from }) => from !== self),
    groupBy(({ from }) => from, { duration: (signs) => signs.pipe(switchMap(() => clock.after(SHOWN))) }),
    mergeMap((signs) =>
      signs.pipe(
        switchMap(({ body }): Observable<boolean> =>
          sign.is(body) ? concat(of(true), clock.after(SHOWN).pipe(map(() => false))) : of(false),
        ),
        map((isTyping) => ({ who: signs.key, isTyping })),
      ),
    ),
    scan((before, { who, isTyping }) => withTyper(before, who, isTyping), NOBODY),
    distinctUntilChanged(),
  );

/**
 * Lets clients tell each other that their users are typing, by transient messages of a type of their own: they are
 * neither stored nor counted.
 *
 * @param options `type` is the number of the message type, the same in all clients. Default 101.
 *
 * @example provideRealtime({ appId, server }, withTyping())
 */
export const withTyping = ({ type = 101 }: { readonly type?: number } = {}): RealtimeFeature => {
  const sign: Sign = defineMessage({ type, codec: JsonObject });
  return {
    configure: (options) => ({ ...options, messages: [...(options.messages ?? []), sign] }),
    providers: [{ provide: SIGN, useValue: sign }],
  };
};

/**
 * Who is typing in a conversation, as long as the caller lives. Needs an injection context, and `withTyping()`.
 *
 * @example
 * readonly typing = injectTyping(this.session, this.id);
 * // <input (input)="typing.typing()"> {{ typing.who().join(', ') }}
 */
export const injectTyping = ({ client }: Pick<Session, 'client'>, id: ConversationId): Typing => {
  assertInInjectionContext(injectTyping);
  const { clock } = injectProvided();
  const sign = inject(SIGN, { optional: true });
  if (sign === null) throw new Error('injectTyping needs a feature: provideRealtime({ … }, withTyping())');
  const conversation = conversationOf(client, id);
  /** When each conversation was told, by the monotonic clock. */
  const toldAt = new WeakMap<Conversation, number>();
  return {
    who: injectLatest(conversation, (current) => typers(current, untracked(client)?.id, sign, clock), NOBODY),
    typing: () => {
      const current = untracked(conversation);
      const now = clock.elapsed();
      if (current === undefined || now - (toldAt.get(current) ?? -TOLD) < TOLD) return;
      toldAt.set(current, now);
      // Without a connection the sign is lost.
      current
        .send(sign({}), { transient: true })
        .pipe(catchError(() => EMPTY))
        .subscribe();
    },
  };
};
