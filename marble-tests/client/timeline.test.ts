import fc from 'fast-check';
import { BehaviorSubject, Observable, Subject, ignoreElements, of, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text, type ClientCommand, type ServerCommand } from '../../codecs/index.js';
import { limitsOf } from '../../src/limits.js';
import { clientState } from '../../src/client/client-state.js';
import { discard, resend } from '../../src/client/sending/resend.js';
import { timeline, type TimelineOptions } from '../../src/client/history/timeline.js';
import { ConnectionLost } from '../../src/errors.js';
import type { ClientEvent, ConversationEvent, Outgoing, Timeline } from '../../streams/index.js';
import { virtualClock } from '../marbles.js';
import { linkBy } from '../replies.js';
import { arrived, message } from '../streams/log.js';
import { conversationHandle } from './internals.js';

type Logs = Extract<ClientCommand, { readonly cmd: 'logs' }>['logsMessage'];

/** How many messages are sent in one millisecond. */
let crowd = 1;
const timeOf = (number: number): number => Math.ceil(number / crowd);
const idOf = (number: number): string => `m${String(number).padStart(4, '0')}`;
const numberOf = ({ id }: { readonly id: string }): number => Number(id.slice(1));

/**
 * Answers a question for history. Messages are numbers. The order of the server is by time; messages of the same time
 * come in another order than that of their ids.
 */
const answerOf = (stored: readonly number[], asked: Logs): readonly number[] => {
  const { t, tIncluded = false, tt, ttIncluded = false, l = 20, direction = 1 } = asked;
  const [from, fromIncluded, to, toIncluded] =
    direction === 1 ? [tt, ttIncluded, t, tIncluded] : [t, tIncluded, tt, ttIncluded];
  const all = stored
    .filter((number) => {
      const time = timeOf(number);
      const isAfter = from === undefined || time > from || (fromIncluded && time === from);
      return isAfter && (to === undefined || time < to || (toIncluded && time === to));
    })
    .sort((a, b) => timeOf(a) - timeOf(b) || b - a);
  return direction === 1 ? all.slice(-l) : all.slice(0, l);
};

/** A conversation, its server, and views of it. Questions wait until they are answered. */
const scene = (options: Pick<TimelineOptions, 'pageSize' | 'window' | 'loading'>, stored: number[] = []) => {
  const log = new Subject<ClientEvent>();
  const open = new BehaviorSubject(true);
  const [older, newer, latest] = [new Subject<void>(), new Subject<void>(), new Subject<void>()];
  /** Each one answers a question, if somebody waits for the answer. */
  const waiting: (() => boolean)[] = [];
  const asked: number[] = [];
  const failures: unknown[] = [];
  let now: Timeline = { entries: [], hasOlder: true, hasNewer: false };
  let ended = false;
  const request = (command: ClientCommand): Observable<ServerCommand> =>
    new Observable((subscriber) => {
      if (command.cmd !== 'logs') throw new Error('only history is asked for');
      const { logsMessage } = command;
      asked.push(logsMessage.l ?? 0);
      if (!open.value) {
        subscriber.error(new ConnectionLost('no network'));
        return;
      }
      // The server answers with what it has at the time of the question.
      const logs = answerOf(stored, logsMessage).map((number) => ({
        msgId: idOf(number),
        from: 'Jerry',
        timestamp: timeOf(number),
        data: 'x',
      }));
      waiting.push(() => {
        if (subscriber.closed) return false;
        subscriber.next({ cmd: 'logs', logsMessage: { logs } });
        subscriber.complete();
        return true;
      });
      subscriber.add(
        open.subscribe((isOpen) => {
          if (!isOpen) subscriber.error(new ConnectionLost('no network'));
        }),
      );
    });
  const handle = conversationHandle({
    events$: log as Observable<ConversationEvent>,
    client: {
      link: { clientId: 'Tom', ...linkBy(request as never), sign: () => of({}) },
      state: clientState('Tom', log, { clock: virtualClock, limits: limitsOf(), report: () => undefined })[0],
      log$: log,
      open$: open,
      tell: (event) => {
        log.next(event as ClientEvent);
      },
      report: (fault) => failures.push(fault),
    },
  });
  let view: Subscription | undefined;
  const show = (): void => {
    view?.unsubscribe();
    view = timeline(handle, { ...options, older$: older, newer$: newer, latest$: latest }).subscribe({
      next: (next) => (now = next),
      complete: () => (ended = true),
    });
  };
  const say = (number: number): void => {
    log.next(arrived({ timestamp: timeOf(number), id: idOf(number) }));
  };
  return {
    log,
    open,
    older,
    newer,
    latest,
    waiting,
    asked,
    failures,
    handle,
    show,
    say,
    stored,
    hide: () => {
      view?.unsubscribe();
      view = undefined;
    },
    isShown: () => view !== undefined,
    now: () => now,
    isEnded: () => ended,
    answer: () => {
      while (waiting.length > 0) if (waiting.shift()?.() === true) return true;
      return false;
    },
    /** The list in short: times, `~` for a gap, tokens, `!` after one that has failed, `…` where there is more. */
    short: () =>
      [
        ...(now.hasOlder ? ['…'] : []),
        ...now.entries.map((entry) => {
          if (entry._tag === 'Message') return String(numberOf(entry.message));
          return entry._tag === 'Gap' ? '~' : `${entry.token}${entry.error === undefined ? '' : '!'}`;
        }),
        ...(now.hasNewer ? ['…'] : []),
      ].join(' '),
  };
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const own = (token: string, progress: Outgoing['progress']): Outgoing => ({
  _tag: 'Outgoing',
  conversationId: 'c',
  token,
  body: text(token),
  at: 1,
  progress,
});

describe('a timeline that is opened again', () => {
  it('starts with what it had loaded and with what has come since, without a connection too', () => {
    const { show, answer, short, hide, open, say, log } = scene({ pageSize: 2 }, upTo(5));
    show();
    expect(short()).toBe('…');
    answer();
    expect(short()).toBe('… 4 5');
    hide();
    say(6);
    log.next({ _tag: 'Edit', conversationId: 'c', message: message({ timestamp: 5, id: idOf(5), editedAt: 9 }) });
    open.next(false);
    show();
    expect(short()).toBe('… 4 5 6');
  });

  it('starts with messages that have come although the conversation was never shown', () => {
    const { show, short, open, say } = scene({ pageSize: 2 });
    say(1);
    open.next(false);
    show();
    // Before the first timeline of a client, its newest message is kept. From then on there are more.
    expect(short()).toBe('… 1');
    say(2);
    expect(short()).toBe('… 1 2');
  });

  it('starts with own messages that wait or have failed', () => {
    const { show, short, open, log } = scene({});
    open.next(false);
    log.next(own('a', { _tag: 'sending' }));
    log.next(own('b', { _tag: 'sending' }));
    log.next(own('b', { _tag: 'failed', error: new Error('no') }));
    log.next(own('c', { _tag: 'sending' }));
    log.next(own('c', { _tag: 'failed' }));
    show();
    expect(short()).toBe('… a b!');
  });

  it('drops what it knew if messages between that and the newest page are not known', () => {
    const { show, answer, short, hide, stored } = scene({ pageSize: 2 }, upTo(5));
    show();
    answer();
    hide();
    // The client was not there, for example in a chat room.
    stored.push(6, 7, 8, 9);
    show();
    expect(short()).toBe('… 4 5');
    answer();
    expect(short()).toBe('… 8 9');
  });

  it('is empty when the client has ended, and completes; nothing of the user stays in the view', () => {
    const { show, answer, short, log, isEnded } = scene({ pageSize: 2 }, upTo(5));
    show();
    answer();
    log.complete();
    expect([short(), isEnded()]).toEqual(['', true]);
  });
});

describe('the window of a timeline', () => {
  it('tells when a page begins to load, and when it has arrived, failed or is given up', () => {
    const told: boolean[] = [];
    const loading = { next: (isLoading: boolean) => told.push(isLoading) };
    const { show, answer, hide, older, open } = scene({ pageSize: 2, loading }, upTo(9));
    show();
    expect(told).toEqual([true]);
    answer();
    expect(told).toEqual([true, false]);
    older.next();
    open.next(false);
    expect(told).toEqual([true, false, true, false]);
    open.next(true);
    older.next();
    hide();
    expect(told).toEqual([true, false, true, false, true, false]);
  });

  it('moves over the whole history: the newest messages are dropped for older ones, and come back', () => {
    const { show, answer, short, older, newer, latest, say } = scene({ pageSize: 2, window: 4 }, upTo(9));
    const ask = (what: Subject<void>): string => {
      what.next();
      answer();
      return short();
    };
    show();
    answer();
    expect(short()).toBe('… 8 9');
    expect(ask(older)).toBe('… 6 7 8 9');
    expect(ask(older)).toBe('… 4 5 6 7 …');
    expect(ask(older)).toBe('… 2 3 4 5 …');
    expect(ask(older)).toBe('1 2 3 4 …');
    say(10);
    expect(short()).toBe('1 2 3 4 …');
    expect(ask(newer)).toBe('… 3 4 5 6 …');
    expect(ask(newer)).toBe('… 5 6 7 8 …');
    expect(ask(newer)).toBe('… 7 8 9 10');
    ask(older);
    ask(older);
    expect(short()).toBe('… 3 4 5 6 …');
    latest.next();
    // The newest messages that are kept.
    expect(short()).toBe('… 8 9 10');
  });

  it('goes back to the newest messages without a connection', () => {
    const { show, answer, short, older, latest, open, say } = scene({ pageSize: 2, window: 2 }, upTo(6));
    show();
    answer();
    for (let page = 0; page < 2; page += 1) {
      older.next();
      answer();
    }
    expect(short()).toBe('… 4 5 …');
    open.next(false);
    say(7);
    latest.next();
    expect(short()).toBe('… 6 7');
  });

  it('has no hole if more messages come than the client keeps while the next page is on its way', () => {
    crowd = 1;
    const { older, newer, stored, answer, short, show, say } = scene({ pageSize: 10, window: 40 }, upTo(100));
    show();
    answer();
    for (let page = 0; page < 4; page += 1) {
      older.next();
      answer();
    }
    newer.next();
    for (let number = 101; number <= 250; number += 1) {
      stored.push(number);
      say(number);
    }
    answer();
    expect(short()).toBe(`… ${upTo(100).slice(-40).join(' ')} …`);
    while (short().endsWith('…')) {
      newer.next();
      answer();
    }
    expect(short()).toBe(`… ${upTo(250).slice(-40).join(' ')}`);
  });

  it('leaves out own messages that are not stored while it is not at the newest messages', () => {
    const { show, answer, short, older, latest, log } = scene({ pageSize: 1, window: 2 }, upTo(4));
    show();
    answer();
    log.next(own('a', { _tag: 'sending' }));
    expect(short()).toBe('… 4 a');
    older.next();
    answer();
    older.next();
    answer();
    expect(short()).toBe('… 2 3 …');
    log.next(own('a', { _tag: 'sent', message: message({ timestamp: 5, id: idOf(5) }) }));
    log.next(arrived({ timestamp: 5, id: idOf(5) }, 'sent'));
    expect(short()).toBe('… 2 3 …');
    latest.next();
    expect(short()).toBe('… 4 5');
  });

  it('knows exactly whether there are older messages', () => {
    const { show, answer, short, older } = scene({ pageSize: 2 }, upTo(4));
    show();
    answer();
    expect(short()).toBe('… 3 4');
    older.next();
    answer();
    expect(short()).toBe('1 2 3 4');
  });

  it('reports a wrong page size instead of another page', () => {
    for (const pageSize of [0, 1_001, 1.5, Number.NaN]) {
      const { show, failures, asked } = scene({ pageSize });
      show();
      expect(failures).toMatchObject([{ _tag: 'CatchUp', error: { _tag: 'InvalidArgument' } }]);
      expect(asked).toEqual([]);
    }
  });

  it('always shows a part of the history without holes, and says truly whether there is more', () => {
    const moves = ['say', 'older', 'newer', 'latest', 'answer', 'answer', 'cut', 'mend', 'mend with a gap', 'reopen'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...moves), { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat({ max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, pageSize, window, before, sameTime) => {
          crowd = sameTime;
          const it = scene({ pageSize, window }, upTo(before));
          let missed: number[] = [];
          let hasAnswer = false;
          it.show();
          for (const step of steps) {
            const time = it.stored.length + 1;
            if (step === 'say') {
              it.stored.push(time);
              if (it.open.value) it.say(time);
              else missed.push(time);
            }
            if (step === 'older') it.older.next();
            if (step === 'newer') it.newer.next();
            if (step === 'latest') it.latest.next();
            if (step === 'answer' && it.answer()) hasAnswer = true;
            if (step === 'cut' && it.open.value) {
              it.open.next(false);
              it.waiting.length = 0;
            }
            if (step.startsWith('mend') && !it.open.value) {
              it.open.next(true);
              const [first = 0, ...rest] = missed;
              missed = [];
              if (step === 'mend' || rest.length === 0)
                [first, ...rest].filter((at) => at > 0).forEach((at) => it.say(at));
              else {
                const last = rest.at(-1) ?? 0;
                it.log.next({
                  _tag: 'Gap',
                  conversationId: 'c',
                  from: { timestamp: timeOf(first - 1), id: idOf(first - 1) },
                  to: timeOf(last),
                  cause: 'limit',
                });
                it.say(last);
              }
            }
            if (step === 'reopen') {
              it.waiting.length = 0;
              it.show();
              hasAnswer = false;
            }
            const { entries, hasOlder, hasNewer } = it.now();
            const messages = entries.flatMap((entry) => (entry._tag === 'Message' ? [numberOf(entry.message)] : []));
            // The first millisecond of a page may be cut, if it has more messages than a page.
            const cut = [timeOf(messages[0] ?? 0), ...(hasNewer ? [timeOf(messages.at(-1) ?? 0)] : [])];
            entries.forEach((entry, index) => {
              const next = entries[index + 1];
              if (entry._tag !== 'Message' || next?._tag !== 'Message') return;
              const missing = upTo(numberOf(next.message) - 1).slice(numberOf(entry.message));
              expect(missing.filter((number) => sameTime === 1 || !cut.includes(timeOf(number)))).toEqual([]);
            });
            const [oldest, newest] = [messages[0] ?? 0, messages.at(-1) ?? 0];
            if (oldest > 1) expect(hasOlder).toBe(true);
            const delivered = it.stored.length - missed.length;
            if (!hasNewer && hasAnswer && it.waiting.length === 0) expect(timeOf(newest)).toBe(timeOf(delivered));
            if (timeOf(newest) < timeOf(delivered) && hasAnswer && it.waiting.length === 0) expect(hasNewer).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('resend and discard', () => {
  it('refuse a token that is not known, or is known in another conversation', () => {
    const { handle, log } = scene({});
    log.next({ ...own('a', { _tag: 'failed', error: new Error('no') }), conversationId: 'other' });
    const errors: unknown[] = [];
    for (const token of ['a', 'b'])
      for (const command$ of [resend(handle, token), discard(handle, token).pipe(ignoreElements())])
        command$.subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toMatchObject(Array.from({ length: 4 }, () => ({ _tag: 'InvalidArgument' })));
  });
});
