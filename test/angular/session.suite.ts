/** The rules of `injectSession`, for applications with and without zone.js. */
import {
  EnvironmentInjector,
  createEnvironmentInjector,
  provideEnvironmentInitializer,
  signal,
  type WritableSignal,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { filter } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { injectSession, provideRealtime, type Session } from 'rx-realtime/angular';
import type { FakeServer } from 'rx-realtime/testing';
import { configure, inApp, play } from './test-bed.js';

/** The logins and logouts that the server sees, such as `open Tom`. */
const sessionsAt = (server: FakeServer): string[] => {
  const seen: string[] = [];
  server.received$.pipe(filter(({ cmd }) => cmd === 'session')).subscribe((command) => {
    if (command.cmd === 'session') seen.push(`${command.op} ${String(command.peerId)}`);
  });
  return seen;
};

const show = ({ status, client, error }: Session): string =>
  [status(), client()?.id, error()?._tag].filter((part) => part !== undefined).join(' ');

export const describeSession = (mode: string): void => {
  describe(`injectSession, ${mode}`, () => {
    it('has a client while a user is logged in, and none at once when the user changes or is gone', () => {
      let asked: string[] = [];
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        asked = sessionsAt(server);
        const user = signal<string | undefined>(undefined);
        const session = inApp(() => injectSession(user));
        expect(show(session)).toBe('LoggedOut');
        const become = (next: string | undefined): string => {
          user.set(next);
          return show(session);
        };
        at(2, () => become('Tom'));
        at(3, () => show(session));
        at(4, () => become('Jerry'));
        at(5, () => show(session));
        at(6, () => become(undefined));
        at(7, () => asked.join(', '));
      });
      expect(seen).toEqual([
        [2, 'LoggingIn'],
        [3, 'Open Tom'],
        [4, 'LoggingIn'],
        [5, 'Open Jerry'],
        [6, 'LoggedOut'],
        [7, 'open Tom, close Tom, open Jerry, close Jerry'],
      ]);
    });

    it('logs out at once and without grace, and in again when it is told to or the user changes', () => {
      let asked: string[] = [];
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        asked = sessionsAt(server);
        const user = signal('Tom');
        const session = inApp(() => injectSession(user));
        at(2, () => {
          session.logout();
          return [show(session), ...asked];
        });
        at(3, () => show(session));
        at(4, () => session.login());
        at(5, () => show(session));
        at(6, () => session.login());
        at(7, () => session.logout());
        at(8, () => user.set('Jerry'));
        at(9, () => show(session));
        at(10, () => asked.join(', '));
      });
      expect(seen).toEqual([
        [2, ['LoggedOut', 'open Tom', 'close Tom']],
        [3, 'LoggedOut'],
        [5, 'Open Tom'],
        [9, 'Open Jerry'],
        [10, 'open Tom, close Tom, open Tom, close Tom, open Jerry'],
      ]);
    });

    const changes: Record<
      string,
      readonly [change: (user: WritableSignal<string | undefined>, session: Session) => void, asked: string]
    > = {
      'a logout': [(_, session) => session.logout(), 'open Tom, close Tom'],
      'no user': [(user) => user.set(undefined), 'open Tom, close Tom'],
      'another user': [(user) => user.set('Jerry'), 'open Tom, open Jerry, close Tom'],
      'a logout and a login': [
        (_, session) => {
          session.logout();
          TestBed.tick();
          session.login();
        },
        'open Tom',
      ],
    };
    for (const [name, [change, expected]] of Object.entries(changes))
      it(`ends a login that the server has not answered yet, without grace: ${name}`, () => {
        let asked: string[] = [];
        const seen = play(({ server, realtimeOptions, at }) => {
          configure(provideRealtime(realtimeOptions));
          asked = sessionsAt(server);
          const user = signal<string | undefined>('Tom');
          const session = inApp(() => injectSession(user));
          TestBed.tick();
          expect(show(session)).toBe('LoggingIn');
          change(user, session);
          at(100, () => asked.join(', '));
        });
        expect(seen).toEqual([[100, expected]]);
      });

    it('leaves a login that was given up to another caller who waits for it', () => {
      const seen = play(({ realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        const user = signal<string | undefined>('Tom');
        inApp(() => injectSession(user));
        const other = inApp(() => injectSession('Tom'));
        TestBed.tick();
        user.set(undefined);
        at(100, () => show(other));
      });
      expect(seen).toEqual([[100, 'Open Tom']]);
    });

    it('stays logged in when the user changes there and back in one turn', () => {
      let asked: string[] = [];
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        asked = sessionsAt(server);
        const user = signal('Tom');
        const session = inApp(() => injectSession(user));
        at(2, () => {
          user.set('Jerry');
          expect(show(session)).toBe('LoggingIn');
          user.set('Tom');
        });
        at(3, () => [show(session), ...asked]);
        at(4, () => user.set('Jerry'));
        at(5, () => [show(session), ...asked]);
      });
      expect(seen).toEqual([
        [3, ['Open Tom', 'open Tom']],
        [5, ['Open Jerry', 'open Tom', 'close Tom', 'open Jerry']],
      ]);
    });

    it('has the error of a login that was refused, and tries again when it is told to', () => {
      const seen = play(({ server, realtimeOptions, cold, at }) => {
        configure(provideRealtime(realtimeOptions));
        let isRefused = true;
        server.answer(({ cmd }) =>
          isRefused && cmd === 'session'
            ? cold('a', {
                a: {
                  cmd: 'session',
                  op: 'closed',
                  sessionMessage: { code: 4102, reason: 'SIGNATURE_FAILED' },
                } as const,
              })
            : undefined,
        );
        const session = inApp(() => injectSession('Tom'));
        at(2, () => show(session));
        at(3, () => {
          isRefused = false;
          session.login();
        });
        at(4, () => show(session));
      });
      expect(seen).toEqual([
        [2, 'Failed ServerRejected'],
        [4, 'Open Tom'],
      ]);
    });

    it('has failed when the server ends the session, and reopens after a break', () => {
      const seen = play(({ server, realtimeOptions, cold, at }) => {
        configure(provideRealtime(realtimeOptions));
        const session = inApp(() => injectSession('Tom'));
        server.network('10ms d 5ms u');
        server.push(
          cold('3s k', {
            k: {
              cmd: 'session',
              op: 'closed',
              peerId: 'Tom',
              sessionMessage: { code: 4115, reason: 'KICKED' },
            } as const,
          }),
        );
        at(2, () => show(session));
        at(20, () => show(session));
        at(2_000, () => show(session));
        at(3_001, () => show(session));
      });
      expect(seen).toEqual([
        [2, 'Open Tom'],
        [20, 'Reopening Tom'],
        [2_000, 'Open Tom'],
        [3_001, 'Failed SessionClosed'],
      ]);
    });

    it('shares the client of a user, and logs a changed user out when nobody else uses it', () => {
      let asked: string[] = [];
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        asked = sessionsAt(server);
        const [a, b] = [signal('Tom'), signal('Tom')];
        const [one, other] = inApp(() => [injectSession(a), injectSession(b)] as const);
        at(2, () => one.client() === other.client() && show(one));
        at(3, () => a.set('Jerry'));
        at(4, () => [show(one), show(other)]);
        at(5, () => b.set('Jerry'));
        at(6, () => asked.join(', '));
      });
      expect(seen).toEqual([
        [2, 'Open Tom'],
        [4, ['Open Jerry', 'Open Tom']],
        [6, 'open Tom, open Jerry, close Tom'],
      ]);
    });

    it('ends with its caller after the grace, and with the application at once', () => {
      let asked: string[] = [];
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime({ ...realtimeOptions, grace: 100 }));
        asked = sessionsAt(server);
        const parent = TestBed.inject(EnvironmentInjector);
        const page = (user: string): EnvironmentInjector => {
          const login = provideEnvironmentInitializer(() => {
            injectSession(user);
          });
          return createEnvironmentInjector([login], parent);
        };
        const tom = page('Tom');
        page('Jerry');
        at(2, () => {
          tom.destroy();
          return asked.length;
        });
        at(103, () => asked.slice(2).join(', '));
        at(104, () => {
          TestBed.resetTestingModule();
        });
        at(105, () => undefined);
      });
      expect(seen).toEqual([
        [2, 2],
        [103, 'close Tom'],
      ]);
    });
  });
};
