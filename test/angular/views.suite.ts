/** The rules of the signals of a chat, for applications with and without zone.js. */
import {
  EnvironmentInjector,
  computed,
  createEnvironmentInjector,
  effect,
  provideEnvironmentInitializer,
  signal,
  type Signal,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { createOutbox, text, type Gap, type TimelineEntry } from 'rx-realtime';
import {
  injectConnectionBanner,
  injectConversations,
  injectLatest,
  injectRealtime,
  injectSession,
  injectTimeline,
  injectTyping,
  provideRealtime,
  withTyping,
} from 'rx-realtime/angular';
import { Observable, map, of } from 'rxjs';
import { configure, inApp, play } from './test-bed.js';

const textIn = (entry: TimelineEntry): string => {
  const body = entry._tag === 'Gap' ? undefined : entry._tag === 'Pending' ? entry.body : entry.message.body;
  return body?._tag === 'Text' ? body.text : entry._tag;
};

const members = ['Tom', 'Jerry'];
const jerry = (said: string) => ({ from: 'Jerry', body: text(said) });

export const describeViews = (mode: string): void => {
  describe(`injectConversations, ${mode}`, () => {
    it('has pages of conversations, says whether there are more, and is empty at once without a user', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        for (const id of ['a', 'b', 'c']) {
          server.conversation({ id, members });
          server.history(id, [jerry('hi')]);
        }
        const user = signal<string | undefined>('Tom');
        const list = inApp(() => injectConversations(injectSession(user), { pageSize: 2 }));
        const look = () => [list.items().length, list.hasMore()];
        at(2, look);
        at(3, () => list.more());
        at(4, look);
        at(5, () => {
          user.set(undefined);
          return list.items().length;
        });
      });
      expect(seen).toEqual([
        [2, [2, true]],
        [4, [3, false]],
        [5, 0],
      ]);
    });

    it('says that it has loaded when the items of the first page are there, also if there are none', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        for (const id of ['a', 'b']) server.conversation({ id, members });
        const user = signal<string | undefined>('Tom');
        const list = inApp(() => injectConversations(injectSession(user)));
        const looks = new Set<string>();
        const look = () => `${list.items().length} ${list.loaded() ? 'loaded' : 'not yet'}`;
        inApp(() => effect(() => looks.add(look())));
        at(0, look);
        at(4, () => [look(), looks.has('0 loaded')]);
        at(5, () => {
          user.set('Spike');
          return look();
        });
        for (const frame of [6, 7, 8]) at(frame, () => undefined);
        at(9, look);
        at(10, () => {
          user.set(undefined);
          return look();
        });
      });
      expect(seen).toEqual([
        [0, '0 not yet'],
        [4, ['2 loaded', false]],
        [5, '0 not yet'],
        [9, '0 loaded'],
        [10, '0 not yet'],
      ]);
    });

    it('says that there is nothing more as soon as the user has gone', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        for (const id of ['a', 'b']) server.conversation({ id, members });
        const user = signal<string | undefined>('Tom');
        const list = inApp(() => injectConversations(injectSession(user), { pageSize: 1 }));
        at(2, () => list.hasMore());
        at(3, () => {
          user.set(undefined);
          return list.hasMore();
        });
        at(4, () => list.hasMore());
      });
      expect(seen).toEqual([
        [2, true],
        [3, false],
        [4, false],
      ]);
    });
  });

  describe(`many callers, ${mode}`, () => {
    it('leave nothing behind: no subscriber, no session and no connection', () => {
      let subscribers = 0;
      let opened = 0;
      const counted = new Observable<number>(() => {
        opened += 1;
        subscribers += 1;
        return () => (subscribers -= 1);
      });
      const asked: string[] = [];
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions, withTyping()));
        server.conversation({ id: 'c', members });
        server.received$.subscribe((command) => {
          if (command.cmd === 'session') asked.push(command.op);
        });
        const parent = TestBed.inject(EnvironmentInjector);
        const realtime = inApp(() => injectRealtime());
        const open = provideEnvironmentInitializer(() => {
          const session = injectSession('Tom');
          injectConversations(session);
          injectTimeline(session, 'c');
          injectTyping(session, 'c');
          injectConnectionBanner();
          injectLatest(session.client, () => counted, 0);
        });
        const mounted: EnvironmentInjector[] = [];
        at(2, () => {
          for (let count = 0; count < 20; count += 1) mounted.push(createEnvironmentInjector([open], parent));
        });
        at(10, () => [opened, subscribers]);
        at(11, () => {
          for (const injector of mounted) injector.destroy();
          return subscribers;
        });
        at(10_000, () => {
          let state = '';
          realtime.state$.subscribe(({ _tag }) => (state = _tag)).unsubscribe();
          return [state, ...asked];
        });
      });
      expect(seen).toEqual([
        [10, [20, 20]],
        [11, 0],
        [10_000, ['Idle', 'open', 'close']],
      ]);
    });
  });

  describe(`a signal of the application that throws, ${mode}`, () => {
    it('is a failed login, no conversation and the initial value, until it throws no more', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        server.conversation({ id: 'c', members });
        server.history('c', [jerry('hi')]);
        // As the value of a resource that has failed.
        const given = (value: Signal<string | undefined>) => () => {
          const known = value();
          if (known === undefined) throw new Error('no answer');
          return known;
        };
        const user = signal<string | undefined>(undefined);
        const id = signal<string | undefined>(undefined);
        const session = inApp(() => injectSession(given(user)));
        const timeline = inApp(() => injectTimeline(session, given(id)));
        const source = computed(() => ({ id: given(id)() }));
        const latest = inApp(() => injectLatest(source, (value) => of(value.id), 'none'));
        const look = () => [session.status(), session.error()?._tag, timeline.entries().length, latest()];
        at(2, look);
        at(3, () => user.set('Tom'));
        at(4, () => id.set('c'));
        at(5, look);
        at(6, () => id.set(undefined));
        at(7, look);
        at(8, () => {
          id.set('c');
          user.set(undefined);
          return look();
        });
        at(9, () => user.set('Tom'));
        at(10, () => undefined);
        at(20, look);
      });
      expect(seen).toEqual([
        [2, ['Failed', 'InvalidArgument', 0, 'none']],
        [5, ['Open', undefined, 1, 'c']],
        [7, ['Open', undefined, 0, 'none']],
        [8, ['Failed', 'InvalidArgument', 0, 'none']],
        [20, ['Open', undefined, 1, 'c']],
      ]);
    });
  });

  describe(`injectTimeline, ${mode}`, () => {
    it('has the newest page, older pages, and is that of another conversation as soon as the id changes', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        server.conversation({ id: 'c', members });
        server.conversation({ id: 'd', members });
        server.history('c', ['1', '2', '3', '4', '5'].map(jerry));
        server.history('d', [jerry('other')]);
        const id = signal<string | undefined>('c');
        const timeline = inApp(() => injectTimeline(injectSession('Tom'), id, { pageSize: 2 }));
        const look = () => `${timeline.entries().map(textIn).join('')} ${String(timeline.hasOlder())}`;
        at(2, look);
        at(3, () => timeline.older());
        at(4, look);
        at(5, () => timeline.older());
        at(6, look);
        at(7, () => {
          id.set('d');
          return timeline.entries();
        });
        at(8, look);
        at(9, () => {
          id.set(undefined);
          return timeline.conversation() ?? 'none';
        });
      });
      expect(seen).toEqual([
        [2, '45 true'],
        [4, '2345 true'],
        [6, '12345 false'],
        [7, []],
        [8, 'other false'],
        [9, 'none'],
      ]);
    });

    it('is loading while a page is on its way', () => {
      const seen = play(
        ({ server, realtimeOptions, at }) => {
          configure(provideRealtime(realtimeOptions));
          server.conversation({ id: 'c', members });
          const timeline = inApp(() => injectTimeline(injectSession('Tom'), 'c'));
          at(2, () => timeline.loading());
          // The socket, the login and the page take 10 ms each.
          at(25, () => timeline.loading());
          at(60, () => timeline.loading());
        },
        { until: 1_000, latency: 10 },
      );
      expect(seen).toEqual([
        [2, false],
        [25, true],
        [60, false],
      ]);
    });

    it('sends at once, with ticks that follow the receipts of the others', () => {
      const seen = play(({ server, realtimeOptions, cold, at }) => {
        configure(provideRealtime(realtimeOptions));
        server.conversation({ id: 'c', members });
        server.messages('c', '9ms a', { a: jerry('yes') });
        const timeline = inApp(() => injectTimeline(injectSession('Tom'), 'c'));
        const look = () => timeline.entries().map((entry) => [textIn(entry), timeline.tickOf(entry) ?? '-']);
        const rcp = (at: number, read: boolean) =>
          ({
            cmd: 'rcp',
            peerId: 'Tom',
            rcpMessage: { id: 'message-1', cid: 'c', t: at, read, from: 'Jerry' },
          }) as const;
        server.push(cold('5ms d 999ms r', { d: rcp(4, false), r: rcp(1_005, true) }));
        at(3, () => {
          timeline.send(text('here?'));
        });
        at(4, look);
        at(6, look);
        at(10, look);
        at(1_006, look);
      });
      expect(seen).toEqual([
        [4, [['here?', 'sent']]],
        [6, [['here?', 'delivered']]],
        [
          10,
          [
            ['here?', 'delivered'],
            ['yes', '-'],
          ],
        ],
        [
          1_006,
          [
            ['here?', 'read'],
            ['yes', '-'],
          ],
        ],
      ]);
    });

    it('keeps a message that was not sent, until it is sent again or given up', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        server.conversation({ id: 'c', members });
        server.network('10ms d 5ms u');
        const timeline = inApp(() => injectTimeline(injectSession('Tom'), 'c'));
        const look = () => timeline.entries().map((entry) => [textIn(entry), timeline.tickOf(entry)].join(' '));
        const tokenOf = (index: number): string => {
          const entry = timeline.entries()[index];
          return entry?._tag === 'Pending' ? entry.token : '';
        };
        at(12, () => {
          timeline.send(text('one'));
          timeline.send(text('two'));
        });
        at(13, look);
        at(14, () => {
          timeline.discard(tokenOf(0));
        });
        at(2_000, () => {
          timeline.resend(tokenOf(0));
        });
        at(2_001, look);
      });
      expect(seen).toEqual([
        [13, ['one failed', 'two failed']],
        [2_001, ['two sent']],
      ]);
    });

    it('says why a command can do nothing, and does not throw', () => {
      const seen = play(({ realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        const timeline = inApp(() =>
          injectTimeline(
            injectSession(() => undefined),
            'c',
          ),
        );
        at(2, () => {
          timeline.send(text('x'));
          timeline.older();
          timeline.read({ timestamp: 1, id: 'x' });
          return timeline.error()?._tag;
        });
      });
      expect(seen).toEqual([[2, 'InvalidArgument']]);
    });

    it('keeps the error and the loading of a conversation to itself', () => {
      const seen = play(({ server, realtimeOptions, cold, at }) => {
        configure(provideRealtime(realtimeOptions));
        for (const id of ['c', 'd', 'e']) server.conversation({ id, members });
        const no = { cmd: 'error', errorMessage: { code: 4304, reason: 'NO' } } as const;
        server.answer(({ cmd }) => (cmd === 'direct' || cmd === 'logs' ? cold('10ms a', { a: no }) : undefined));
        const id = signal('c');
        const timeline = inApp(() => injectTimeline(injectSession('Tom'), id));
        const look = () => [timeline.error()?._tag, timeline.loading()];
        const go = (next: string) => () => {
          timeline.send(text('x'));
          id.set(next);
          return look();
        };
        at(2, () => {
          timeline.send(text('x'));
          return look();
        });
        at(20, look);
        at(21, () => {
          id.set('d');
          return look();
        });
        at(22, go('e'));
        at(40, look);
      });
      expect(seen).toEqual([
        [2, [undefined, true]],
        [20, ['ServerRejected', false]],
        [21, [undefined, false]],
        [22, [undefined, false]],
        [40, [undefined, false]],
      ]);
    });

    it('throws nothing to the console when a command is refused at once', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions));
        server.conversation({ id: 'c', members });
        const timeline = inApp(() => injectTimeline(injectSession('Tom'), 'c'));
        at(2, () => {
          timeline.read({ timestamp: Number.NaN, id: 'x' });
          timeline.resend('unknown');
          return timeline.error()?._tag;
        });
        at(3, () => {
          timeline.discard('unknown');
          return timeline.error()?._tag;
        });
      });
      expect(seen).toEqual([
        [2, 'InvalidArgument'],
        [3, 'InvalidArgument'],
      ]);
    });

    it('fills a gap', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime({ ...realtimeOptions, catchUpLimit: 1 }));
        server.conversation({ id: 'c', members });
        server.network('10ms d 50ms u');
        server.messages('c', '5ms a 9ms (bc)', { a: jerry('1'), b: jerry('2'), c: jerry('3') });
        server.messages('c', '30ms d', { d: jerry('4') });
        const timeline = inApp(() => injectTimeline(injectSession('Tom'), 'c'));
        const look = () => timeline.entries().map(textIn).join(' ');
        const gap = (): Gap | undefined => timeline.entries().find((entry) => entry._tag === 'Gap');
        at(6, look);
        at(3_000, look);
        at(3_001, () => {
          const missing = gap();
          if (missing !== undefined) timeline.fill(missing);
        });
        at(3_002, look);
      });
      expect(seen.map(([, value]) => value)).toEqual(['1', '1 2 Gap', '1 2 3 4']);
    });

    it('knows each entry by a key of its own', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime({ ...realtimeOptions, outbox: createOutbox() }));
        server.conversation({ id: 'c', members });
        server.history('c', [jerry('1'), jerry('2')]);
        server.network('10ms d');
        const timeline = inApp(() => injectTimeline(injectSession('Tom'), 'c'));
        at(12, () => {
          timeline.send(text('3'));
          timeline.send(text('4'));
        });
        at(13, () => new Set(timeline.entries().map((entry) => timeline.keyOf(entry))).size);
      });
      expect(seen).toEqual([[13, 4]]);
    });
  });

  describe(`injectTyping, ${mode}`, () => {
    it('shows who types, until a message comes or nothing more', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions, withTyping()));
        server.conversation({ id: 'c', members: ['Tom', 'Jerry', 'Spike'] });
        server.messages('c', '8s m', { m: jerry('done') });
        const [tom, jerryTyping, spike] = inApp(() =>
          ['Tom', 'Jerry', 'Spike'].map((name) => injectTyping(injectSession(name), 'c')),
        );
        at(1, () => undefined);
        at(2, () => jerryTyping?.typing());
        at(3, () => tom?.who());
        at(4, () => jerryTyping?.who());
        at(4_000, () => spike?.typing());
        at(4_001, () => tom?.who());
        at(5_010, () => tom?.who());
        at(6_000, () => jerryTyping?.typing());
        at(6_001, () => tom?.who());
        at(8_001, () => tom?.who());
        at(9_010, () => tom?.who());
      });
      expect(seen).toEqual([
        [3, ['Jerry']],
        [4, []],
        [4_001, ['Jerry', 'Spike']],
        [5_010, ['Spike']],
        [6_001, ['Spike', 'Jerry']],
        [8_001, ['Spike']],
        [9_010, []],
      ]);
    });

    it('tells the others once in three seconds', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime(realtimeOptions, withTyping({ type: 7 })));
        server.conversation({ id: 'c', members });
        const typing = inApp(() => injectTyping(injectSession('Tom'), 'c'));
        let count = 0;
        server.said$.pipe(map(({ transient }) => transient)).subscribe((isTransient) => (count += Number(isTransient)));
        for (let time = 2; time < 5_000; time += 500) at(time, () => typing.typing());
        at(5_000, () => count);
      });
      expect(seen).toEqual([[5_000, 2]]);
    });

    it('says at once that its feature is missing', () => {
      configure(provideRealtime({ appId: 'app', server: 'ws://fake.server' }));
      expect(() => inApp(() => injectTyping(injectSession('Tom'), 'c'))).toThrow('withTyping()');
    });
  });

  describe(`injectConnectionBanner, ${mode}`, () => {
    it('has nothing to say while all is well; else the reason, and the seconds until the next attempt', () => {
      const seen = play(({ server, realtimeOptions, at }) => {
        configure(provideRealtime({ ...realtimeOptions, backoff: () => 2_500 }));
        server.network('10ms d 3s u');
        const banner = inApp(() => (injectSession('Tom'), injectConnectionBanner()));
        const look = () => `${banner.key() ?? ''} ${String(banner.retryIn() ?? '')}`;
        at(2, look);
        at(11, look);
        at(511, look);
        at(1_511, look);
        at(2_511, look);
        at(3_020, () => {
          banner.retry();
        });
        at(3_021, look);
      });
      expect(seen).toEqual([
        [2, ' '],
        [11, 'waiting 3'],
        [511, 'waiting 2'],
        [1_511, 'waiting 1'],
        [2_511, 'waiting 3'],
        [3_021, ' '],
      ]);
    });
  });
};
