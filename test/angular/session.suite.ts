/** The rules of `injectSession`, for applications with and without zone.js. */
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { injectSession, provideRealtime } from 'rx-realtime/angular';
import { configure, diagram } from './test-bed.js';

export const describeSession = (mode: string): void => {
  describe(`injectSession, ${mode}`, () => {
    it('has a client while the user is logged in, and none at once when there is no user any more', () => {
      diagram(({ realtimeOptions, cold }) => {
        configure(provideRealtime(realtimeOptions));
        const user = signal<string | undefined>(undefined);
        const session = TestBed.runInInjectionContext(() => injectSession(user));
        const seen: unknown[] = [];
        const look = (): void => {
          seen.push([session.status(), session.client()?.id]);
        };
        const at = (marbles: string, then: () => void): void => {
          cold(marbles).subscribe(then);
        };
        TestBed.tick();
        look();
        at('a', () => {
          user.set('Tom');
          look();
          TestBed.tick();
        });
        at('-a', look);
        at('--a', () => {
          user.set('Jerry');
          look();
          TestBed.tick();
        });
        at('---a', look);
        at('----a', () => {
          user.set(undefined);
          look();
          TestBed.tick();
          look();
        });
        at('-----a', () => {
          expect(seen).toEqual([
            ['LoggedOut', undefined],
            ['LoggingIn', undefined],
            ['Open', 'Tom'],
            ['LoggingIn', undefined],
            ['Open', 'Jerry'],
            ['LoggedOut', undefined],
            ['LoggedOut', undefined],
          ]);
        });
      });
    });
  });
};
