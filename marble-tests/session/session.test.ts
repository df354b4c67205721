import { NEVER, filter, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { ConnectionState } from '../../src/connection/state.js';
import { CommandTimeout, ConnectionLost, ServerRejected, type RealtimeError } from '../../src/errors.js';
import type { Fault } from '../../src/faults.js';
import { changeMark } from '../../src/session/change-mark.js';
import { session, type SessionEvent, type SessionOptions } from '../../src/session/session.js';
import { marbles, virtualClock } from '../marbles.js';
import { fakeConnection, type Written } from './fake-connection.js';

const dropped = (code: number): ConnectionState => ({
  _tag: 'Scheduled',
  attempt: 0,
  delay: 1,
  dueAt: 1,
  reason: { code, reason: 'the diagram says so' },
});

/**
 * The states of a connection: connected, lost (1006), closed because the session is no longer valid (4112), and idle.
 */
const states: Record<string, ConnectionState> = {
  i: { _tag: 'Idle' },
  c: { _tag: 'Connected', resumed: false, since: 0 },
  d: dropped(1006),
  x: dropped(4112),
};

/** In these diagrams, a token is valid for one second. */
const opened = (st: string, serverTs = 7): ServerCommand => ({
  cmd: 'session',
  op: 'opened',
  serverTs,
  sessionMessage: { st, stTtl: 1 },
});
const refreshed = (st: string): ServerCommand => ({
  cmd: 'session',
  op: 'refreshed',
  sessionMessage: { st, stTtl: 1 },
});
const answers: Record<string, ServerCommand> = {
  o: opened('first'),
  p: opened('second', 9),
  r: refreshed('renewed'),
  z: { cmd: 'session', op: 'closed' },
};

const said: Record<string, SessionEvent> = {
  o: { _tag: 'Opened', at: 7, resumed: false },
  r: { _tag: 'Opened', at: 7, resumed: true },
  p: { _tag: 'Opened', at: 9, resumed: true },
  d: { _tag: 'Dropped' },
  l: { _tag: 'Closed', code: 0, reason: 'logged out' },
};

const optionsWith = (
  overrides: Partial<SessionOptions> = {},
): [options: SessionOptions, faults: readonly (readonly [number, Fault])[]] => {
  const faults: (readonly [number, Fault])[] = [];
  return [
    {
      appId: 'app',
      clientId: 'Tom',
      deviceId: 'device',
      signatureTimeout: 20,
      clock: virtualClock,
      random: () => 0,
      backoff: (attempt) => (attempt + 1) * 10,
      report: (fault) => {
        faults.push([virtualClock.elapsed(), fault]);
      },
      logout$: NEVER,
      changes: changeMark(),
      ...overrides,
    },
    faults,
  ];
};

/** The written commands, as `time op token`. */
const summary = (written: readonly Written[]): readonly string[] =>
  written.map(([at, command]) => {
    const message = 'sessionMessage' in command ? command.sessionMessage : undefined;
    const token = message !== undefined && 'st' in message && typeof message.st === 'string' ? message.st : undefined;
    const op = 'op' in command && typeof command.op === 'string' ? command.op : command.cmd;
    return `${String(at)} ${op}${token === undefined ? '' : ` ${token}`}`;
  });

const answering =
  (...each: readonly Observable<ServerCommand>[]) =>
  (): Observable<ServerCommand> => {
    const [next = NEVER, ...rest] = each;
    each = rest;
    return next;
  };

describe('a session', () => {
  it('logs in when the connection is open, and emits when the login has succeeded', () => {
    marbles(({ hot, cold, expectObservable, flush }) => {
      const [connection, written] = fakeConnection({ state$: hot('i-c', states), answer: () => cold('--o', answers) });
      const [options] = optionsWith({ tag: 'Web' });
      expectObservable(session(connection, options), '^-----!').toBe('----o', said);
      flush();
      expect(summary(written)).toEqual(['2 open', '6 close']);
      expect(written[0]?.[1]).toMatchObject({
        cmd: 'session',
        appId: 'app',
        peerId: 'Tom',
        sessionMessage: { tag: 'Web', deviceId: 'device', r: false },
      });
    });
  });

  it('emits that it was dropped, and reopens with its token and its times of unread counts and edits', () => {
    marbles(({ hot, cold, expectObservable, flush }) => {
      const unread: ServerCommand = { cmd: 'unread', unreadMessage: { notifTime: 5, convs: [] } };
      const [connection, written] = fakeConnection({
        state$: hot('c---d-c', states),
        pushes$: hot('--u', { u: unread }),
        answer: answering(cold('-o', answers), cold('-p', answers)),
      });
      const [options] = optionsWith();
      expectObservable(session(connection, options), '^---------!').toBe('-ou-d--p', {
        ...said,
        u: unread,
      });
      flush();
      expect(summary(written)).toEqual(['0 open', '6 open first', '10 close']);
      expect(written[1]?.[1]).toMatchObject({
        sessionMessage: { r: true, st: 'first', lastUnreadNotifTime: 5, lastPatchTime: 6 },
      });
    });
  });

  it('asks again for the unread counts that follow the late answer to a login that was given up', () => {
    marbles(({ hot, cold, expectObservable, flush }) => {
      const unread = (notifTime: number): ServerCommand => ({ cmd: 'unread', unreadMessage: { notifTime, convs: [] } });
      const late = new CommandTimeout('session/open', 1);
      const [connection, written] = fakeConnection({
        state$: hot('c--d-c-------------', states),
        pushes$: hot('-u------v', { u: unread(5), v: unread(8) }),
        answer: answering(cold('o', answers), cold('-#', undefined, late), cold('o', answers)),
      });
      expectObservable(
        session(connection, optionsWith()[0]).pipe(filter((event) => '_tag' in event && event._tag === 'Opened')),
        '^------------------!',
      ).toBe('o---------------p', { ...said, p: said['r'] });
      flush();
      const since = written.flatMap(([, command]) =>
        command.cmd === 'session' && command.op === 'open' ? [command.sessionMessage.lastUnreadNotifTime] : [],
      );
      expect(since).toEqual([undefined, 5, 5]);
    });
  });

  it('asks for changes since the last one passed on, or since an earlier one that still waited at the break', () => {
    marbles(({ hot, cold, expectObservable, flush }) => {
      const patch = (mid: string, patchTimestamp: number): ServerCommand => ({
        cmd: 'patch',
        op: 'modify',
        patchMessage: { patches: [{ cid: 'c', mid, patchTimestamp }] },
      });
      const changes = changeMark();
      const [connection, written] = fakeConnection({
        state$: hot('c---d-c--d-c--d-c', states),
        pushes$: hot('--a-----b----', { a: patch('m1', 9), b: patch('m2', 8) }),
        answer: answering(cold('o', answers), cold('p', answers), cold('p', answers), cold('p', answers)),
      });
      hot('---a---------b').subscribe((passed) => {
        changes.passed(passed === 'a' ? 'm1' : 'm2', passed === 'a' ? 9 : 8);
      });
      const [options] = optionsWith({ changes });
      expectObservable(
        session(connection, options).pipe(filter((event) => '_tag' in event && event._tag === 'Opened')),
        '^-----------------!',
      ).toBe('o-----p----p----p', said);
      flush();
      const since = written.flatMap(([, command]) =>
        command.cmd === 'session' && command.op === 'open' ? [command.sessionMessage.lastPatchTime] : [],
      );
      // No time at first, then the time of the change that was passed on. Then the time of the change that still
      // waited when the connection was lost, although a later one was passed on.
      expect(since).toEqual([undefined, 8, 7, 7]);
    });
  });

  it('emits nothing for a break before it was open, and tries again with the next connection', () => {
    marbles(({ hot, cold, expectObservable, flush }) => {
      const lost = new ConnectionLost('the wire was cut');
      const [connection, written] = fakeConnection({
        state$: hot('c-d-c', states),
        answer: answering(cold('--#', undefined, lost), cold('-o', answers)),
      });
      const [options] = optionsWith();
      expectObservable(session(connection, options), '^-----!').toBe('-----o', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '4 open', '6 close']);
    });
  });

  it('waits for the next connection if only the failed command shows the break', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const lost = new ConnectionLost('the wire was cut');
      const [connection] = fakeConnection({ state$: hot('c--', states), answer: () => cold('-#', undefined, lost) });
      expectObservable(session(connection, optionsWith()[0]), '^---!').toBe('');
    });
  });

  it('forgets its token if the connection was closed because of the token', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const [connection, written] = fakeConnection({
        state$: hot('c--x-c', states),
        answer: answering(cold('-o', answers), cold('-p', answers)),
      });
      expectObservable(session(connection, optionsWith()[0]), '^-------!').toBe('-o-d--p', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '5 open', '8 close']);
    });
  });

  it('logs in once without its token if the server says that the token has expired (4112)', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const expired = new ServerRejected(4112, 'SESSION_TOKEN_EXPIRED');
      const [connection, written] = fakeConnection({
        state$: hot('c--d-c', states),
        answer: answering(cold('-o', answers), cold('-#', undefined, expired), cold('-p', answers)),
      });
      expectObservable(session(connection, optionsWith()[0]), '^---------!').toBe('-o-d---p', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '5 open first', '6 open', '10 close']);
    });
  });

  it('does not use a token that has expired by its own clock', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const [connection, written] = fakeConnection({
        state$: hot('c--d 2s c', states),
        answer: answering(cold('-o', answers), cold('-p', answers)),
      });
      expectObservable(session(connection, optionsWith()[0]), '^ 2006ms !').toBe('-o-d 2001ms p', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '2004 open', '2007 close']);
    });
  });

  it('asks for a new signature each time it logs in without a token', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      let asked = 0;
      const [connection, written] = fakeConnection({
        state$: hot('c-----d-c', states),
        answer: answering(cold('-o', answers), cold('-p', answers)),
      });
      const signature = (id: string): Observable<{ signature: string; timestamp: number; nonce: string }> => {
        asked += 1;
        return cold('--(s|)', { s: { signature: `of ${id}`, timestamp: asked, nonce: 'n' } });
      };
      expectObservable(session(connection, optionsWith({ signature })[0]), '^-----------!').toBe('---o--d--p', said);
      flush();
      expect(asked).toBe(1);
      expect(written[0]?.[1]).toMatchObject({ sessionMessage: { s: 'of Tom', t: 1, n: 'n' } });
      expect(written[1]?.[1]).toMatchObject({ sessionMessage: { st: 'first' } });
    });
  });

  it('renews each token after nine tenths of its lifetime', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const [connection, written] = fakeConnection({
        state$: hot('c', states),
        answer: (command: ClientCommand) => cold('op' in command && command.op === 'refresh' ? 'r' : 'o', answers),
      });
      expectObservable(session(connection, optionsWith()[0]), '^ 2s !').toBe('o', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '900 refresh first', '1800 refresh renewed', '2001 close']);
    });
  });

  it('reports a failed renewal, and stays open', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const late = new CommandTimeout('session/refresh', 1);
      const [options, faults] = optionsWith();
      const [connection, written] = fakeConnection({
        state$: hot('c', states),
        answer: answering(cold('o', answers), cold('#', undefined, late)),
      });
      expectObservable(session(connection, options), '^ 2s !').toBe('o', said);
      flush();
      expect(faults).toEqual([[900, { _tag: 'Session', clientId: 'Tom', error: late }]]);
      expect(summary(written)).toEqual(['0 open', '900 refresh first', '2001 close']);
    });
  });

  it('renews nothing if the server gives no token, or a token without a lifetime', () => {
    for (const sessionMessage of [{}, { st: 'short' }]) {
      marbles(({ hot, cold, flush, expectObservable }) => {
        const answer = (): Observable<ServerCommand> =>
          cold('o', { o: { cmd: 'session', op: 'opened', serverTs: 7, sessionMessage } });
        const [connection, written] = fakeConnection({ state$: hot('c', states), answer });
        expectObservable(session(connection, optionsWith()[0]), '^ 2s !').toBe('o', said);
        flush();
        expect(summary(written)).toEqual(['0 open', '2001 close']);
      });
    }
  });

  it('uses its own clock for the time of the login if the server does not send the time', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const answer = (): Observable<ServerCommand> =>
        cold('---o', { o: { cmd: 'session', op: 'opened', sessionMessage: {} } });
      const [connection] = fakeConnection({ state$: hot('c', states), answer });
      expectObservable(session(connection, optionsWith()[0]), '^----!').toBe('---o', {
        o: { _tag: 'Opened', at: 3, resumed: false },
      });
    });
  });

  it('errors if the first login is refused by an error, or by a code in the answer', () => {
    const refusals: readonly (readonly [RealtimeError, Observable<ServerCommand>])[] = [
      [new ServerRejected(4103, 'INVALID_LOGIN'), throwError(() => new ServerRejected(4103, 'INVALID_LOGIN'))],
      [new CommandTimeout('session/open', 1), throwError(() => new CommandTimeout('session/open', 1))],
      [
        new ServerRejected(4111, 'SESSION_REFUSED'),
        of<ServerCommand>({ cmd: 'session', op: 'opened', sessionMessage: { code: 4111 } }),
      ],
    ];
    for (const [error, answer$] of refusals) {
      marbles(({ hot, expectObservable }) => {
        const [connection] = fakeConnection({ state$: hot('--c', states), answer: () => answer$ });
        expectObservable(session(connection, optionsWith()[0])).toBe('--#', undefined, error);
      });
    }
  });

  it('tries a later login again, with backoff, and reports each failure', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const late = new CommandTimeout('session/open', 1);
      const [options, faults] = optionsWith();
      const [connection, written] = fakeConnection({
        state$: hot('c-d-c', states),
        answer: answering(
          cold('o', answers),
          cold('#', undefined, late),
          cold('#', undefined, late),
          cold('p', answers),
        ),
      });
      expectObservable(session(connection, options), '^ 50ms !').toBe('o-d 31ms p', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '4 open first', '14 open first', '34 open first', '51 close']);
      expect(faults.map(([at]) => at)).toEqual([4, 14]);
    });
  });

  it('stops trying when the connection is lost, and starts again with the next one', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const late = new CommandTimeout('session/open', 1);
      const [connection, written] = fakeConnection({
        state$: hot('c-d-c-d 20ms c', states),
        answer: answering(cold('o', answers), cold('#', undefined, late), cold('p', answers)),
      });
      expectObservable(session(connection, optionsWith()[0]), '^ 50ms !').toBe('o-d 24ms p', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '4 open first', '27 open first', '51 close']);
    });
  });

  it('is closed if a later login is refused for good, or if another login has displaced it', () => {
    for (const code of [4111, 4103]) {
      marbles(({ hot, cold, expectObservable }) => {
        const refused = new ServerRejected(code, 'REFUSED');
        const [connection] = fakeConnection({
          state$: hot('c-d-c', states),
          answer: answering(cold('o', answers), cold('-#', undefined, refused)),
        });
        expectObservable(session(connection, optionsWith()[0])).toBe('o-d--(x|)', {
          ...said,
          x: { _tag: 'Closed', code, reason: 'REFUSED' },
        });
      });
    }
  });

  it('closes with the code and reason of the server, and writes no logout', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const kick: ServerCommand = {
        cmd: 'session',
        op: 'closed',
        sessionMessage: { code: 4115, reason: 'KICKED_BY_APP' },
      };
      const [connection, written] = fakeConnection({
        state$: hot('c', states),
        pushes$: hot('--k', { k: kick }),
        answer: () => cold('o', answers),
      });
      expectObservable(session(connection, optionsWith()[0])).toBe('o-(k|)', {
        ...said,
        k: { _tag: 'Closed', code: 4115, reason: 'KICKED_BY_APP' },
      });
      flush();
      expect(summary(written)).toEqual(['0 open']);
    });
  });

  it('closes if the server closes it without a reason', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const [connection] = fakeConnection({
        state$: hot('c', states),
        pushes$: hot('--z', answers),
        answer: () => cold('o', answers),
      });
      expectObservable(session(connection, optionsWith()[0])).toBe('o-(k|)', {
        ...said,
        k: { _tag: 'Closed', code: 0, reason: 'the server ended the session' },
      });
    });
  });

  it('logs out on request, and is closed when the server has confirmed it', () => {
    marbles(({ hot, cold, flush, expectObservable }) => {
      const [connection, written] = fakeConnection({
        state$: hot('c', states),
        answer: answering(cold('o', answers), cold('--(z|)', answers)),
      });
      expectObservable(session(connection, optionsWith({ logout$: hot('--l') })[0])).toBe('o---(l|)', said);
      flush();
      expect(summary(written)).toEqual(['0 open', '2 close']);
    });
  });

  it('is closed even if the logout fails, or if there is no connection for the logout', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const [connection] = fakeConnection({
        state$: hot('c', states),
        answer: answering(cold('o', answers), cold('--#', undefined, new ConnectionLost('the wire was cut'))),
      });
      expectObservable(session(connection, optionsWith({ logout$: hot('--l') })[0])).toBe('o---(l|)', said);
    });
    marbles(({ hot, cold, flush, expectObservable }) => {
      const [connection, written] = fakeConnection({ state$: hot('c-d', states), answer: () => cold('o', answers) });
      expectObservable(session(connection, optionsWith({ logout$: hot('---l') })[0])).toBe('o-d(l|)', said);
      flush();
      expect(summary(written)).toEqual(['0 open']);
    });
  });

  it('is closed with the realtime, and errors if its connection has failed for good', () => {
    marbles(({ hot, cold, expectObservable }) => {
      const [connection] = fakeConnection({
        state$: hot('c', states),
        lease$: cold('---|'),
        answer: () => cold('o', answers),
      });
      expectObservable(session(connection, optionsWith()[0])).toBe('o--(x|)', {
        ...said,
        x: { _tag: 'Closed', code: 0, reason: 'the realtime was closed' },
      });
    });
    marbles(({ hot, cold, expectObservable }) => {
      const error = new ServerRejected(4100, 'APP_NOT_AVAILABLE');
      const [connection] = fakeConnection({
        state$: hot('i', states),
        lease$: cold('---#', undefined, error),
        answer: () => NEVER,
      });
      expectObservable(session(connection, optionsWith()[0])).toBe('---#', undefined, error);
    });
  });
});
