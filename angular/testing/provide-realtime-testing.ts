import { DestroyRef, InjectionToken, inject, makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import type { RealtimeOptions } from 'rx-realtime';
import { provideRealtime, type RealtimeFeature } from 'rx-realtime/angular';
import { liveServer, type FakeServer, type LiveServer, type LiveServerOptions } from 'rx-realtime/testing';

/** Options of `provideRealtimeTesting`: any option of a realtime, and those of the fake server. */
export interface RealtimeTestingOptions extends Partial<RealtimeOptions>, Omit<LiveServerOptions, 'messages'> {}

const LIVE = new InjectionToken<LiveServer>('rx-realtime: a server in memory');

/**
 * The server of `provideRealtimeTesting`: it makes conversations, says messages of others, and breaks the network.
 *
 * @example TestBed.inject(FAKE_SERVER).conversation({ id: 'c', members: ['Tom', 'Jerry'] });
 */
export const FAKE_SERVER = new InjectionToken<FakeServer>('rx-realtime: the fake server');

/**
 * Takes the place of `provideRealtime` in tests: the real client, over a server in memory. No port is opened. What
 * happens takes real time, or that of the fake timers of a test framework. In a diagram of `runMarbles`, which has a
 * server of its own, use `provideRealtime(realtimeOptions)` instead.
 *
 * @example
 * TestBed.configureTestingModule({ providers: [provideRealtimeTesting()] });
 * const server = TestBed.inject(FAKE_SERVER);
 * server.conversation({ id: 'c', members: ['Tom', 'Jerry'] });
 * server.messages('c', '5ms a', { a: { from: 'Jerry', body: text('hi') } });
 */
export const provideRealtimeTesting = (
  { latency, equalTimes, ...options }: RealtimeTestingOptions = {},
  ...features: readonly RealtimeFeature[]
): EnvironmentProviders =>
  makeEnvironmentProviders([
    {
      provide: LIVE,
      useFactory: () => {
        const live = liveServer({
          ...(latency === undefined ? {} : { latency }),
          ...(equalTimes === undefined ? {} : { equalTimes }),
          ...(options.messages === undefined ? {} : { messages: options.messages }),
        });
        inject(DestroyRef).onDestroy(live.close);
        return live;
      },
    },
    { provide: FAKE_SERVER, useFactory: () => inject(LIVE).server },
    provideRealtime(() => ({ ...inject(LIVE).realtimeOptions, ...options }), ...features),
  ]);
