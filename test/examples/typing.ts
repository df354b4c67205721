import * as t from 'io-ts';
import { defineMessage, type Conversation } from 'rx-realtime';
import {
  EMPTY,
  catchError,
  concat,
  debounceTime,
  exhaustMap,
  groupBy,
  ignoreElements,
  map,
  mergeMap,
  of,
  scan,
  switchMap,
  throttleTime,
  timer,
  type Observable,
} from 'rxjs';

/** A sign that somebody is typing. Give it to `createRealtime({ messages: [Typing] })`. */
export const Typing = defineMessage({ type: 101, codec: t.type({}) });

/** While somebody types, a sign goes out every 3 s. It is shown for 5 s. */
const [TOLD, SHOWN] = [3_000, 5_000];

/** Cold: tells the others that this user is typing. `keys$` emits for each key. Emits nothing. */
export const tellTyping = (conversation: Pick<Conversation, 'send'>, keys$: Observable<unknown>): Observable<never> =>
  keys$.pipe(
    throttleTime(TOLD),
    // Transient: it goes only to who is online, and is neither stored nor counted. Without a connection it is lost.
    exhaustMap(() => conversation.send(Typing({}), { transient: true }).pipe(catchError(() => EMPTY))),
    ignoreElements(),
  );

/** Who is typing. A message ends it, and so do 5 s without a sign. */
export const typing = ({ messages$ }: Pick<Conversation, 'messages$'>): Observable<ReadonlySet<string>> =>
  messages$.pipe(
    groupBy(({ from }) => from, { duration: debounceTime(SHOWN) }),
    mergeMap((signs$) =>
      signs$.pipe(
        map(({ body }) => body._tag === 'Custom' && body.type === 101),
        switchMap((isTyping) => (isTyping ? concat(of(true), timer(SHOWN).pipe(map(() => false))) : of(false))),
        map((isTyping) => ({ who: signs$.key, isTyping })),
      ),
    ),
    scan((before: ReadonlySet<string>, { who, isTyping }) => {
      const now = new Set(before);
      if (isTyping) now.add(who);
      else now.delete(who);
      return now;
    }, new Set<string>()),
  );
