import 'fake-indexeddb/auto';
import 'zone.js';
import { ApplicationRef, Component, NgZone } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { text, type OutboxStorage, type WebSocketConstructor } from 'rx-realtime';
import { zoned, zonedStorage } from '../../angular/zone.js';
import {
  injectRealtime,
  injectSession,
  injectTimeline,
  provideRealtime,
  withIndexedDbOutbox,
} from 'rx-realtime/angular';
import { FAKE_SERVER, provideRealtimeTesting } from 'rx-realtime/angular/testing';
import { Observable, Subscription, firstValueFrom, from, skip, switchMap, takeWhile, type ObservableInput } from 'rxjs';
import { describeSession } from './session.suite.js';
import { configure, inApp, play } from './test-bed.js';
import { describeViews } from './views.suite.js';

describeSession('with zone.js');
describeViews('with zone.js');

type Socket = InstanceType<WebSocketConstructor>;

const members = ['Tom', 'Jerry'];

describe('the zone of zone.js', () => {
  it('is not entered by sockets and timers, so the application becomes stable while it is connected', async () => {
    configure(provideRealtimeTesting({}, withIndexedDbOutbox()));
    TestBed.inject(FAKE_SERVER).conversation({ id: 'c', members });
    const zone = TestBed.inject(NgZone);
    const tom = await zone.run(() => firstValueFrom(inApp(() => injectRealtime()).login('Tom')));
    await zone.run(() => firstValueFrom(tom.conversation('c').send(text('hi'))));
    await TestBed.inject(ApplicationRef).whenStable();
    expect(zone.hasPendingMacrotasks).toBe(false);
  });

  it('is entered by values: those of streams, answers, and states of the connection', () => {
    const inside: Record<string, boolean[]> = {};
    const look = (name: string) => () => (inside[name] ??= []).push(NgZone.isInAngularZone());
    play(({ server, realtimeOptions, at }) => {
      configure(provideRealtime(realtimeOptions));
      server.conversation({ id: 'c', members });
      server.messages('c', '5ms a', { a: { from: 'Jerry', body: text('hi') } });
      server.network('20ms d 5ms u');
      const realtime = inApp(() => injectRealtime());
      // The end of the diagram closes it, from outside.
      realtime.state$
        .pipe(
          skip(2),
          takeWhile(({ _tag }) => _tag !== 'Closed'),
        )
        .subscribe(look('state'));
      const tom$ = realtime.session('Tom');
      tom$.subscribe(look('login'));
      tom$.pipe(switchMap(({ messages$ }) => messages$)).subscribe(look('message'));
      tom$.pipe(switchMap((tom) => tom.conversation('c').send(text('ho')))).subscribe(look('answer'));
      at(5_000, () => undefined);
    });
    expect(inside['state']).toEqual([true, true, true, true]);
    expect([inside['login'], inside['message'], inside['answer']]).toEqual([[true], [true], [true]]);
  });

  it('is entered once a turn, however many messages come', () => {
    let turns = 0;
    const seen = play(({ server, realtimeOptions, at }) => {
      configure(provideRealtime(realtimeOptions));
      server.conversation({ id: 'c', members });
      const timeline = inApp(() => injectTimeline(injectSession('Tom'), 'c'));
      server.messages('c', `10ms (${'a'.repeat(200)})`, { a: { from: 'Jerry', body: text('hi') } });
      const counting = new Subscription();
      at(9, () => {
        counting.add(TestBed.inject(NgZone).onMicrotaskEmpty.subscribe(() => (turns += 1)));
      });
      at(11, () => {
        counting.unsubscribe();
        return timeline.entries().length;
      });
    });
    // The turn of the messages, and those of this test.
    expect(seen).toEqual([[11, 200]]);
    expect(turns).toBeLessThan(6);
  });

  it('shows values in a view that has no signals', () => {
    const views: string[] = [];
    @Component({ selector: 'app-view', template: '{{ last }}' })
    class View {
      last = '';
      constructor() {
        injectRealtime()
          .session('Tom')
          .pipe(switchMap(({ messages$ }) => messages$))
          .subscribe(({ body }) => (this.last = body._tag === 'Text' ? body.text : ''));
      }
    }
    play(({ server, realtimeOptions, cold }) => {
      configure(provideRealtime(realtimeOptions));
      server.conversation({ id: 'c', members });
      server.messages('c', '10ms a', { a: { from: 'Jerry', body: text('seen') } });
      const fixture = TestBed.createComponent(View);
      fixture.autoDetectChanges();
      cold('11ms a').subscribe(() => views.push((fixture.nativeElement as Element).textContent));
    });
    expect(views).toEqual(['seen']);
  });

  it('is left by every member of a storage, and entered by its answers', () => {
    configure();
    const zone = TestBed.inject(NgZone);
    const heard: string[] = [];
    const where = (): string => (NgZone.isInAngularZone() ? 'inside' : 'outside');
    const answering = <T>(name: string, value: T): Observable<T> =>
      new Observable((subscriber) => {
        heard.push(`${name} ${where()}`);
        subscriber.next(value);
        return () => heard.push(`${name} ends ${where()}`);
      });
    const storage: Required<OutboxStorage> = {
      load: () => answering('load', []),
      put: () => answering('put', undefined),
      remove: () => answering('remove', undefined),
      claim: () => answering('claim', true),
      faults$: answering('faults$', 'full'),
    };
    const passed = zonedStorage(storage, zone);
    expect(Object.keys(passed).sort()).toEqual(Object.keys(storage).sort());
    const message = { token: 't', conversationId: 'c', at: 0, sequence: 0, body: {}, options: {} };
    const calls: Record<string, ObservableInput<unknown> | undefined> = {
      load: passed.load('Tom'),
      put: passed.put('Tom', message),
      remove: passed.remove('Tom', 't'),
      claim: passed.claim?.('Tom', 't'),
      faults$: passed.faults$,
    };
    for (const [name, answer] of Object.entries(calls)) {
      zone.run(() =>
        from(answer ?? [])
          .subscribe(() => heard.push(`answer ${where()}`))
          .unsubscribe(),
      );
      expect(heard.splice(0)).toEqual([`${name} outside`, 'answer inside', `${name} ends outside`]);
    }
  });

  it('has no member of a storage that the storage has not', () => {
    configure();
    const touching = (): [] => [];
    const passed = zonedStorage({ load: touching, put: touching, remove: touching }, TestBed.inject(NgZone));
    expect(Object.keys(passed).sort()).toEqual(['load', 'put', 'remove']);
  });

  it('is left by every member of a socket, those that only some implementations have as well', () => {
    configure();
    const zone = TestBed.inject(NgZone);
    const heard: string[] = [];
    const hear = (name: string) => () => {
      heard.push(`${name} ${NgZone.isInAngularZone() ? 'inside' : 'outside'}`);
    };
    class Some implements Socket {
      binaryType = '';
      readyState = 0;
      onopen = null;
      onmessage = null;
      onerror = null;
      onclose = null;
      send = hear('send');
      close = hear('close');
    }
    class All extends Some {
      terminate(): void {
        hear('terminate')();
      }
      pause(): void {
        hear('pause')();
      }
      resume(): void {
        hear('resume')();
      }
    }
    const open = (webSocket: WebSocketConstructor): Socket | undefined => {
      const zonedOptions = zoned({ appId: 'app', server: 'ws://127.0.0.1:9', webSocket }, zone);
      return zonedOptions.webSocket && new zonedOptions.webSocket('ws://127.0.0.1:9', 'lc.protobuf2.3');
    };
    const all = open(All);
    zone.run(() => {
      all?.send('');
      all?.pause?.();
      all?.resume?.();
      all?.terminate?.();
      all?.close();
    });
    expect(heard).toEqual(['send', 'pause', 'resume', 'terminate', 'close'].map((name) => `${name} outside`));
    const some = open(Some);
    expect([some?.pause, some?.resume, some?.terminate]).toEqual([undefined, undefined, undefined]);
  });
});
