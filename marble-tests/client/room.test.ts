import {
  EMPTY,
  NEVER,
  ReplaySubject,
  defer,
  filter,
  of,
  repeat,
  startWith,
  take,
  throwError,
  type Observable,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { Conversation } from '../../src/client/conversation/conversation.js';
import type { ClientInternals } from '../../src/client/internals.js';
import type { SigningLink } from '../../src/client/link.js';
import { room as roomOf, type Room } from '../../src/client/rooms/room.js';
import { ConnectionLost, ServerRejected, Unconfirmed } from '../../src/errors.js';
import type { ConversationEvent, Message } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';
import { linkBy } from '../replies.js';
import { message } from '../streams/log.js';
import { clientHandle } from './internals.js';

const GRACE = 3;

interface Scene {
  /** The answer of the server. By default, the server accepts that the client enters and leaves. */
  readonly answer?: (command: ClientCommand) => Observable<ServerCommand>;
  readonly sign?: SigningLink['sign'];
  readonly open$?: Observable<boolean>;
  readonly messages$?: Observable<Message>;
  readonly events$?: Observable<ConversationEvent>;
  readonly sent: string[];
}

const WELCOME: ServerCommand = { cmd: 'conv', op: 'added', convMessage: { allowedPids: ['Tom'] } };

const GOODBYE: ServerCommand = { cmd: 'conv', op: 'removed', convMessage: { allowedPids: ['Tom'] } };

const isLeave = (command: ClientCommand): boolean => command.cmd === 'conv' && command.op === 'remove';
const welcoming = (command: ClientCommand): Observable<ServerCommand> => of(isLeave(command) ? GOODBYE : WELCOME);

/** Whether the session is open. As in a real client, a late subscriber gets the current value. */
const lately = (open$: Observable<boolean>): Observable<boolean> => {
  const latest = new ReplaySubject<boolean>(1);
  open$.subscribe(latest);
  return latest;
};

const nameOf = (command: ClientCommand): string =>
  command.cmd === 'conv' && 'cid' in command.convMessage ? `${command.op} ${command.convMessage.cid}` : command.cmd;

interface Rooms {
  readonly room: (id: string) => Room;
  /** The room that the client was in before the break. */
  readonly current: () => string | undefined;
}

/** Rooms over a link that records the commands and their times. */
const rooms = ({
  answer = welcoming,
  sign = () => of({}),
  open$ = of(true),
  messages$ = NEVER,
  events$ = NEVER,
  sent,
}: Scene): Rooms => {
  const link: SigningLink = {
    clientId: 'Tom',
    sign,
    ...linkBy((command, kind) =>
      defer(() => {
        sent.push(`${virtualClock.now()} ${nameOf(command)}`);
        return answer(command);
      }).pipe(
        filter((command) => kind.is(command)),
        take(1),
      ),
    ),
  };
  const stay: ClientInternals['room'] = { current: undefined };
  const client = clientHandle({
    link,
    room: stay,
    open$,
    grace: GRACE,
    conversation: (id) => ({ id, messages$, events$ }) as Conversation,
  });
  return { room: (id) => roomOf(client, id), current: () => stay.current };
};

describe('being in a chat room', () => {
  it('begins with the first subscriber and ends one grace period after the last; all subscribers share it', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const m = message({ conversationId: 'a' });
      const { room } = rooms({ sent, messages$: hot('---m-m-m-m-m-', { m }) });
      expectObservable(room('a').messages$, '  -^---!       ').toBe('---m---------', { m });
      expectObservable(room('a').messages$, '  ---^---!     ').toBe('---m-m-------', { m });
      expectObservable(room('a').messages$, '  --------^--! ').toBe('---------m---', { m });
    });
    expect(sent).toEqual(['1 add a', '14 remove a']);
  });

  it('ends when the client enters another room; the streams of the first room complete', () => {
    const sent: string[] = [];
    marbles(({ expectObservable }) => {
      const { room } = rooms({ sent });
      expectObservable(room('a').messages$, ' ^-------').toBe('--|');
      expectObservable(room('b').messages$, ' --^--!--').toBe('------');
    });
    expect(sent).toEqual(['0 add a', '2 add b', '8 remove b']);
  });

  it('begins again with each session, and waits while there is no session', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const { room } = rooms({ sent, open$: hot('f-t--f-t-', { t: true, f: false }) });
      expectObservable(room('a').messages$, '^-------!').toBe('---------');
    });
    expect(sent.slice(0, 2)).toEqual(['2 add a', '7 add a']);
  });

  it('fails if the server refuses, but not if the connection is lost', () => {
    marbles(({ cold, expectObservable }) => {
      const no: ServerCommand = {
        cmd: 'conv',
        op: 'added',
        convMessage: { failedPids: [{ code: 4315, reason: 'CONVERSATION_BLACKLISTED' }] },
      };
      const refused = rooms({ sent: [], answer: () => cold('--n|', { n: no }) }).room('a').messages$;
      expectObservable(refused).toBe('--#', {}, expect.objectContaining({ _tag: 'ServerRejected', code: 4315 }));
      const lost = rooms({ sent: [], answer: () => throwError(() => new ConnectionLost('gone')) }).room('a').messages$;
      expectObservable(lost, '^---!').toBe('-----');
    });
  });

  it('ends with an error if the client is blocked, and completes when the client is closed', () => {
    marbles(({ hot, expectObservable }) => {
      const blocked = (who: string): ConversationEvent => ({ _tag: 'Blocked', conversationId: 'a', members: [who] });
      const events$ = hot('-o-b', { o: blocked('Jerry'), b: blocked('Tom') });
      expectObservable(rooms({ sent: [], events$ }).room('a').messages$).toBe(
        '---#',
        {},
        expect.objectContaining({ code: 4315 }),
      );
      expectObservable(rooms({ sent: [], messages$: hot('--|') }).room('a').messages$).toBe('--|');
    });
  });
});

describe('a chat room after a break', () => {
  const states = { t: true, f: false };

  it('is entered again if the break was shorter than 30 minutes', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const m = message({ conversationId: 'a' });
      const open$ = lately(hot('t-f 1799998ms t', states));
      const { room } = rooms({ sent, open$, messages$: hot('1800010ms m', { m }) });
      expectObservable(room('a').messages$, '^ 1800020ms !').toBe('1800010ms m', { m });
    });
    expect(sent).toEqual(['0 add a', '1800001 add a', '1800024 remove a']);
  });

  it('has missed messages only if the client was in it before', () => {
    marbles(({ hot, expectObservable }) => {
      const { room, current } = rooms({ sent: [], open$: lately(hot('t-f--t-f--t', states)) });
      expectObservable(room('a').messages$, '---^-----------!').toBe('');
      const roomAt = (subscription: string): void => {
        const now$ = defer(() => of(current()));
        expectObservable(now$, subscription).toBe(subscription.replace('^', '(r|)'), {
          r: subscription.length > 6 ? 'a' : undefined,
        });
      };
      roomAt('----^');
      roomAt('---------^');
    });
  });

  it('is not entered again after a longer break: its streams complete, and the client leaves it on the server', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const { room, current } = rooms({ sent, open$: lately(hot('t-f 1799999ms t', states)) });
      expectObservable(room('a').messages$).toBe('1800002ms |');
      expectObservable(room('a').events$).toBe('1800002ms |');
      expectObservable(
        defer(() => of(current())),
        '1800003ms ^',
      ).toBe('1800003ms (u|)', { u: undefined });
    });
    expect(sent).toEqual(['0 add a', '1800002 remove a']);
  });

  it('is entered once for all new subscribers after that; a wait for the first session has no limit', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const { room, current } = rooms({ sent, open$: lately(hot('f 120m t-f 30m t 9ms f-t', states)) });
      expectObservable(room('a').messages$.pipe(repeat()), '^ 180m !').toBe('-');
      // A later subscriber shares the second stay.
      expectObservable(room('a').events$, '151m ^ 10m !').toBe('-');
      expectObservable(
        defer(() => of(current())),
        '151m ^',
      ).toBe('151m (a|)', { a: 'a' });
    });
    expect(sent.map((line) => line.replace(/^\d+ /, ''))).toEqual(['add a', 'add a', 'add a', 'remove a']);
    expect(sent.slice(0, 3)).toEqual(['7200001 add a', '9000004 add a', '9000016 add a']);
  });

  it('is left once, in the next session, if its last subscriber went away during the break', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const { room } = rooms({ sent, open$: lately(hot('t-f-------t-f-t', states)) });
      expectObservable(room('a').messages$, '^--!').toBe('-');
    });
    expect(sent).toEqual(['0 add a', '10 remove a']);
  });

  it('is left again in each session until the server has answered or refused', () => {
    for (const last of [of(GOODBYE), throwError(() => new ServerRejected(4303, 'CONVERSATION_NOT_FOUND'))]) {
      const sent: string[] = [];
      marbles(({ hot, expectObservable }) => {
        const answers = [
          throwError(() => new Unconfirmed('conv/remove')),
          throwError(() => new ConnectionLost('gone')),
          last,
        ];
        const { room } = rooms({
          sent,
          open$: lately(hot('t----f-t-f-t-f-t', states)),
          answer: (command) => (isLeave(command) ? (answers.shift() ?? EMPTY) : of(WELCOME)),
        });
        expectObservable(room('a').messages$, '^!').toBe('-');
      });
      expect(sent).toEqual(['0 add a', '4 remove a', '7 remove a', '11 remove a']);
    }
  });

  it('is not left if it was entered again before the next session', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const { room } = rooms({ sent, open$: lately(hot('t-f-------t-f-t', states)) });
      expectObservable(room('a').messages$, '^--!').toBe('-');
      expectObservable(room('a').messages$, '--------^-------!').toBe('-');
    });
    expect(sent).toEqual(['0 add a', '10 add a', '14 add a', '19 remove a']);
  });

  it('is left if another room was entered and given up meanwhile, or if the other room refused the client', () => {
    const given: string[] = [];
    const refused: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const inside = rooms({ sent: given, open$: lately(hot('t-f-------t', states)) }).room;
      expectObservable(inside('a').messages$).toBe('---|');
      expectObservable(inside('b').messages$, '---^!').toBe('-');

      const no = () => throwError(() => new ServerRejected(4303, 'CONVERSATION_NOT_FOUND'));
      const { room } = rooms({
        sent: refused,
        answer: (command) => (nameOf(command) === 'add b' ? no() : welcoming(command)),
      });
      expectObservable(room('a').messages$).toBe('--|');
      expectObservable(room('b').messages$, '--^').toBe('--#', {}, expect.objectContaining({ code: 4303 }));
    });
    expect(given).toEqual(['0 add a', '10 remove a']);
    expect(refused).toEqual(['0 add a', '2 add b', '2 remove a', '2 remove b']);
  });
});

describe('leaving a chat room', () => {
  it('comes before entering it again, even if its signature takes longer', () => {
    const sent: string[] = [];
    marbles(({ cold, expectObservable }) => {
      const { room } = rooms({
        sent,
        open$: lately(cold('t', { t: true })),
        sign: ({ action }) => cold(action === 'kick' ? '-----(s|)' : '-(s|)', { s: {} }),
      });
      expectObservable(room('a').messages$, '^--!').toBe('-');
      expectObservable(room('a').messages$, '-------^---!').toBe('-');
    });
    expect(sent).toEqual(['1 add a', '8 add a', '19 remove a']);
  });
});

describe('a chat room that ends', () => {
  const left = (who: string, by?: string): ConversationEvent => ({
    _tag: 'Left',
    conversationId: 'a',
    members: [who],
    ...(by === undefined ? {} : { by }),
  });

  it('completes its streams if another client removes this one; other departures end nothing', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const events$ = hot('-o-s-l', { o: left('Jerry'), s: left('Tom', 'Tom'), l: left('Tom') });
      const { room, current } = rooms({ sent, events$, open$: lately(hot('t', { t: true })) });
      expectObservable(room('a').messages$).toBe('-----|');
      expectObservable(
        defer(() => of(current())),
        '------^',
      ).toBe('------(u|)', { u: undefined });
    });
    expect(sent).toEqual(['0 add a']);
  });
});

describe('the online count of a chat room', () => {
  it('is asked for at once and every 10 s while there are subscribers, and emits only changes', () => {
    const sent: string[] = [];
    const counts = [1, 1, 2];
    marbles(({ expectObservable }) => {
      const count = (): Observable<ServerCommand> =>
        of<ServerCommand>({ cmd: 'conv', op: 'result', convMessage: { count: counts.shift() ?? 0 } });
      const { room } = rooms({ sent, answer: count, open$: lately(NEVER.pipe(startWith(true))) });
      expectObservable(room('a').online$, '^ 25s !').toBe('a 19999ms b', { a: 1, b: 2 });
    });
    expect(sent).toEqual(['0 count a', '10000 count a', '20000 count a']);
  });

  it('is not asked for without a session, and 0 when the client ends; a failed request is followed by the next one', () => {
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(rooms({ sent: [], open$: hot('f--|', { f: false }) }).room('a').online$).toBe('---(e|)', {
        e: 0,
      });
      const answers = [
        throwError(() => new ConnectionLost('gone')),
        of<ServerCommand>({ cmd: 'conv', op: 'result', convMessage: { count: 4 } }),
      ];
      const { room } = rooms({ sent: [], open$: cold('t', { t: true }), answer: () => answers.shift() ?? EMPTY });
      expectObservable(room('a').online$, '^ 11s !').toBe('10s a', { a: 4 });
    });
  });
});
