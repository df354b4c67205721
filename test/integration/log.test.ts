/** The log of a conversation from a stored position. */
import {
  Subject,
  asyncScheduler,
  firstValueFrom,
  lastValueFrom,
  map,
  observeOn,
  of,
  switchMap,
  take,
  takeWhile,
  toArray,
  type Observable,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  atLeastOnce,
  systemClock,
  text,
  type Conversation,
  type LogEntry,
  type Message,
  type Plugin,
  type Position,
  log,
} from 'rx-realtime';
import { memoryStore } from 'rx-realtime/server';
import { sent, textOf, world } from './world.js';

const what = (entry: LogEntry): string =>
  entry._tag === 'Message' ? textOf(entry.message) : entry._tag === 'Gap' ? `gap ${entry.cause}` : entry._tag;

const entries = (conversation: Conversation, since: Position, count: number): Promise<readonly string[]> =>
  lastValueFrom(log(conversation, { since }).pipe(take(count), map(what), toArray()));

const START: Position = { timestamp: 0, id: '' };

describe('a log', () => {
  const { pair, login, realtime, realtimes } = world({ store: memoryStore() });

  it('knows the time of the server from the moment on at which the client is there', async () => {
    const { here } = await pair();
    let newest = 0;
    for (const content of ['a', 'b', 'c', 'd']) newest = (await sent(here, text(content))).timestamp;
    // The clock of this machine is wrong. The log begins in the turn in which the client is emitted.
    const late = realtime({ catchUpLimit: 2, clock: { ...systemClock, now: () => 0 } });
    const told = await lastValueFrom(
      late.session('Jerry').pipe(
        switchMap((jerry) => log(jerry.conversation(here.id), { since: START })),
        take(3),
        toArray(),
      ),
    );
    expect(told.map(what)).toEqual(['a', 'b', 'gap limit']);
    const [, , gap] = told;
    expect(gap?._tag === 'Gap' && gap.to).toBeGreaterThanOrEqual(newest);
  });

  it('continues after a stored position across a restart: each entry comes once', async () => {
    const { here, there } = await pair();
    for (const content of ['a', 'b', 'c']) await sent(here, text(content));
    let stored = START;
    const handled: string[] = [];
    await lastValueFrom(
      log(there, { since: stored }).pipe(
        atLeastOnce({
          project: (entry) => {
            handled.push(what(entry));
            return [];
          },
          commit: (position) => {
            stored = position;
            return [];
          },
        }),
        take(2),
      ),
    );
    expect(handled).toEqual(['a', 'b']);
    realtimes[1]?.close();
    for (const content of ['d', 'e']) await sent(here, text(content));
    const again = await login('Jerry');
    const later = entries(again.conversation(here.id), stored, 5);
    await sent(here, text('f'));
    await lastValueFrom(here.update({ name: 'x' }));
    expect(await later).toEqual(['c', 'd', 'e', 'f', 'Attributes']);
  });

  it('includes messages of the same millisecond if its position is a time only', async () => {
    const { here, there } = await pair();
    const first = await sent(here, text('first'));
    await sent(here, text('second'));
    expect(await entries(there, { timestamp: first.timestamp, id: '' }, 2)).toEqual(['first', 'second']);
  });

  it('continues after a break during its fetching', async () => {
    const { here, there } = await pair();
    const contents = Array.from({ length: 250 }, (_, index) => String(index));
    for (const content of contents) await sent(here, text(content));
    let cuts = 0;
    const log$ = log(there, { since: START }).pipe(
      map((entry) => {
        if (what(entry) === '50' && cuts === 0) {
          cuts += 1;
          realtimes[1]?.pause();
          realtimes[1]?.resume();
          realtimes[1]?.retry();
        }
        return what(entry);
      }),
      take(250),
      toArray(),
    );
    expect(await lastValueFrom(log$)).toEqual(contents);
  });
});

describe('the log on a server that keeps few messages', () => {
  const { pair } = world({ store: memoryStore({ historyMessages: 3 }) });

  it('begins with a gap', async () => {
    const { here, there } = await pair();
    // From now on nothing is held for a later subscriber.
    there.messages$.subscribe().unsubscribe();
    const first = await sent(here, text('0'));
    for (let index = 1; index < 10; index += 1) await sent(here, text(String(index)));
    const [gap, ...rest] = await lastValueFrom(
      log(there, { since: first }).pipe(
        map(what),
        takeWhile((entry) => entry !== '9', true),
        toArray(),
      ),
    );
    expect(gap).toBe('gap gone');
    expect(rest.slice(-3)).toEqual(['7', '8', '9']);
    expect(rest.length).toBeLessThan(9);
    expect(await firstValueFrom(log(there, { since: first }))).toMatchObject({ from: first, to: expect.any(Number) });
  });

  it('has pushed messages that wait for a plugin before fetched ones, though the server has deleted them', async () => {
    const contents = Array.from({ length: 20 }, (_, index) => String(index));
    /** Releases the first message after the last one. Then history has the last message, but not the first one. */
    const last = new Subject<void>();
    const slow: Plugin = {
      name: 'slow',
      afterParse: (message): Observable<Message> => {
        if (textOf(message) === '19') last.next();
        return textOf(message) === '0'
          ? last.pipe(
              take(1),
              observeOn(asyncScheduler),
              map(() => message),
            )
          : of(message);
      },
    };
    const { here, there } = await pair({ plugins: [slow] });
    for (const content of contents) await sent(here, text(content));
    expect(await entries(there, START, contents.length)).toEqual(contents);
  });
});
