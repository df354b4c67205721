import 'fake-indexeddb/auto';
import 'zone.js';
import { ApplicationRef, Component, NgZone } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from 'vitest';
import { text } from 'rx-realtime';
import {
  injectRealtime,
  injectSession,
  injectTimeline,
  provideRealtime,
  withIndexedDbOutbox,
} from 'rx-realtime/angular';
import { FAKE_SERVER, provideRealtimeTesting } from 'rx-realtime/angular/testing';
import { Subscription, firstValueFrom, skip, switchMap, takeWhile } from 'rxjs';
import { describeSession } from './session.suite.js';
import { configure, inApp, play } from './test-bed.js';
import { describeViews } from './views.suite.js';

describeSession('with zone.js');
describeViews('with zone.js');

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
});
