import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  conversationList,
  image,
  log,
  memberReceipts,
  plain,
  presence,
  roles,
  room,
  text,
  timeline,
  type Body,
} from 'rx-realtime';
import {
  BodyTextPipe,
  MarkSeen,
  injectLatest,
  injectRealtime,
  injectSession,
  injectTimeline,
  provideRealtime,
} from 'rx-realtime/angular';
import { FAKE_SERVER, provideRealtimeTesting } from 'rx-realtime/angular/testing';
import { isObservable, map, type Observable } from 'rxjs';
import { describeSession } from './session.suite.js';
import { configure, inApp, play } from './test-bed.js';
import { describeViews } from './views.suite.js';

describeSession('zoneless');
describeViews('zoneless');

const members = ['Tom', 'Jerry'];

/** The properties of an object that are streams. */
const streamsOf = (name: string, value: object): readonly (readonly [string, Observable<unknown>])[] =>
  Object.entries(value)
    .filter(([key, member]) => key.endsWith('$') && isObservable(member))
    .map(([key, stream]) => [`${name}.${key}`, stream as Observable<unknown>] as const);

describe('toSignal', () => {
  it('never throws over a stream of this package, whatever ends it', () => {
    const thrown: string[] = [];
    const names: string[] = [];
    const seen = play(({ server, realtimeOptions, cold, at }) => {
      configure(provideRealtime(realtimeOptions));
      server.conversation({ id: 'c', members });
      server.history('c', [{ from: 'Jerry', body: text('hi') }]);
      server.network('100ms d 50ms u');
      // The server refuses what it can.
      server.answer(({ cmd }) =>
        cmd === 'logs' || cmd === 'conv'
          ? cold('a', { a: { cmd: 'error', errorMessage: { code: 4304, reason: 'NO' } } as const })
          : undefined,
      );
      server.push(
        cold('5s k', {
          k: { cmd: 'session', op: 'closed', peerId: 'Tom', sessionMessage: { code: 4115, reason: 'KICKED' } } as const,
        }),
      );
      const realtime = inApp(() => injectRealtime());
      const signals: [string, () => unknown][] = [];
      const watch = (streams: readonly (readonly [string, Observable<unknown>])[]): void => {
        for (const [name, stream$] of streams) {
          names.push(name);
          signals.push([name, inApp(() => toSignal(stream$))]);
        }
      };
      watch(streamsOf('realtime', realtime));
      realtime.session('Tom').subscribe({
        next: (tom) => {
          const conversation = tom.conversation('c');
          watch(streamsOf('client', tom));
          watch(streamsOf('conversation', conversation));
          watch([
            ['conversationList', conversationList(tom)],
            ['timeline', timeline(conversation)],
            ['log', log(conversation)],
            ['memberReceipts', memberReceipts(conversation)],
            ['roles', roles(conversation)],
            ['presence', presence(tom, ['Jerry'])],
          ]);
        },
        error: () => undefined,
      });
      const read = (): void => {
        for (const [name, value] of signals)
          try {
            value();
          } catch (error) {
            thrown.push(`${name}: ${String(error)}`);
          }
      };
      for (const time of [10, 120, 3_000, 6_000]) at(time, read);
      at(7_000, () => {
        realtime.close();
        read();
        return 'closed';
      });
    });
    expect(seen).toEqual([[7_000, 'closed']]);
    expect(thrown).toEqual([]);
    expect(names.length).toBeGreaterThan(25);
  });
});

describe('injectLatest', () => {
  it('has the latest value of a stream of the user, and never throws: not when the stream errors either', () => {
    const seen = play(({ server, realtimeOptions, cold, at }) => {
      configure(provideRealtime(realtimeOptions));
      server.conversation({ id: 'c', members });
      server.conversation({ id: 'r', kind: 'room' });
      server.messages('c', '5ms a', { a: { from: 'Jerry', body: text('hi') } });
      server.answer(({ cmd }) =>
        cmd === 'conv'
          ? cold('a', { a: { cmd: 'error', errorMessage: { code: 4304, reason: 'NO' } } as const })
          : undefined,
      );
      const user = signal<string | undefined>('Tom');
      const { client } = inApp(() => injectSession(user));
      const unread = inApp(() =>
        injectLatest(client, ({ totalUnread$ }) => totalUnread$.pipe(map(({ count }) => count)), 0),
      );
      const refused = inApp(() => injectLatest(client, (tom) => room(tom, 'r').online$, 0));
      at(6, () => [unread(), refused()]);
      at(7, () => {
        user.set(undefined);
        return unread();
      });
    });
    expect(seen).toEqual([
      [6, [1, 0]],
      [7, 0],
    ]);
  });
});

describe('the pipe bodyText', () => {
  it.each<[Body | undefined, string]>([
    [text('hi'), 'hi'],
    [plain('ho'), 'ho'],
    [image('https://example.com/a.png', { text: 'a cat' }), 'a cat'],
    [image('https://example.com/a.png'), 'otherwise'],
    [undefined, 'otherwise'],
  ])('gives the text of %j', (body, expected) => {
    expect(new BodyTextPipe().transform(body, 'otherwise')).toBe(expected);
  });
});

describe('the directive rxSeen', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('marks messages of others as read when they are seen, and each time only what is newer', () => {
    let show: (elements: readonly Element[]) => void = () => undefined;
    let watched = 0;
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(tell: (changes: readonly object[]) => void) {
          show = (elements) => tell(elements.map((target) => ({ target, isIntersecting: true })));
        }
        observe = () => (watched += 1);
        unobserve = () => (watched -= 1);
        disconnect = () => undefined;
      },
    );
    @Component({
      selector: 'app-chat',
      imports: [MarkSeen],
      template: `@for (entry of timeline.entries(); track timeline.keyOf(entry)) {
        <p [rxSeen]="entry" [rxSeenIn]="timeline"></p>
      }`,
    })
    class Chat {
      readonly session = injectSession('Tom');
      readonly timeline = injectTimeline(this.session, signal('c'));
    }
    const unread: unknown[] = [];
    const reads: unknown[] = [];
    const seen = play(({ server, realtimeOptions, at }) => {
      configure(provideRealtime(realtimeOptions));
      server.conversation({ id: 'c', members });
      const jerry = { from: 'Jerry', body: text('hi') };
      server.messages('c', '5ms a 9ms b 9ms c', { a: jerry, b: jerry, c: jerry });
      server.received$.subscribe((command) => {
        if (command.cmd === 'read') reads.push(command);
      });
      const fixture = TestBed.createComponent(Chat);
      fixture.autoDetectChanges();
      const { session } = fixture.componentInstance;
      const elements = () => [...(fixture.nativeElement as Element).querySelectorAll('p')];
      at(2, () => session.client()?.totalUnread$.subscribe(({ count }) => unread.push(count)) && undefined);
      at(30, () => {
        show(elements().slice(1, 2));
        return watched;
      });
      at(40, () => {
        show(elements().slice(0, 1));
        show(elements().slice(2));
      });
      at(50, () => {
        fixture.destroy();
        return watched;
      });
    });
    expect(seen).toEqual([
      [30, 3],
      [50, 0],
    ]);
    expect(unread).toEqual([0, 1, 2, 3, 1, 0]);
    expect(reads.length).toBeLessThanOrEqual(2);
  });

  it('marks what an element shows that stays in view, and nothing when the element has left', () => {
    let show: (isIntersecting: boolean) => void = () => undefined;
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        readonly #watched = new Set<Element>();
        constructor(tell: (changes: readonly object[]) => void) {
          show = (isIntersecting) => tell([...this.#watched].map((target) => ({ target, isIntersecting })));
        }
        observe = (element: Element) => this.#watched.add(element);
        unobserve = (element: Element) => this.#watched.delete(element);
        disconnect = () => undefined;
      },
    );
    @Component({
      selector: 'app-last',
      imports: [MarkSeen],
      changeDetection: ChangeDetectionStrategy.OnPush,
      template: `@for (entry of timeline.entries().slice(-1); track $index) {
        <p [rxSeen]="entry" [rxSeenIn]="timeline"></p>
      }`,
    })
    class Last {
      readonly session = injectSession('Tom');
      readonly timeline = injectTimeline(this.session, 'c');
    }
    const unread: number[] = [];
    const seen = play(({ server, realtimeOptions, at }) => {
      configure(provideRealtime(realtimeOptions));
      server.conversation({ id: 'c', members });
      const jerry = { from: 'Jerry', body: text('hi') };
      server.messages('c', '5ms a 9ms b 9ms c', { a: jerry, b: jerry, c: jerry });
      const fixture = TestBed.createComponent(Last);
      fixture.autoDetectChanges();
      at(2, () => {
        fixture.componentInstance.session.client()?.totalUnread$.subscribe(({ count }) => unread.push(count));
      });
      at(10, () => {
        show(true);
      });
      at(20, () => {
        show(false);
        return unread.splice(0);
      });
      at(40, () => unread.splice(0));
    });
    expect(seen).toEqual([
      [20, [0, 1, 0, 1, 0]],
      [40, [1]],
    ]);
  });
});

describe('provideRealtimeTesting', () => {
  it('is the real client over a server in memory, for tests that wait', async () => {
    configure(provideRealtimeTesting());
    const server = TestBed.inject(FAKE_SERVER);
    server.conversation({ id: 'c', members });
    const session = inApp(() => injectSession('Tom'));
    const messages = inApp(() => injectTimeline(session, 'c'));
    await expect.poll(() => session.status()).toBe('Open');
    server.messages('c', '5ms a', { a: { from: 'Jerry', body: text('squeak') } });
    await expect.poll(() => messages.entries().length).toBe(1);
    messages.send(text('hello'));
    await expect.poll(() => server.stored('c').map(({ from }) => from)).toEqual(['Jerry', 'Tom']);
  });
});
