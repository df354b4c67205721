/** The realtime of an application: one, made at its first use, closed with the application. */
import {
  DestroyRef,
  InjectionToken,
  NgZone,
  PLATFORM_ID,
  inject,
  makeEnvironmentProviders,
  type EnvironmentProviders,
  type Provider,
} from '@angular/core';
import {
  createOutbox,
  createRealtime,
  indexedDbOutbox,
  systemClock,
  type Client,
  type Clock,
  type IndexedDbOutboxOptions,
  type OutboxOptions,
  type Realtime,
  type RealtimeOptions,
} from 'rx-realtime';
import { NEVER, concat, of } from 'rxjs';
import { zoned, zonedStorage } from './zone.js';

/** A part of `provideRealtime` that can be left out. Made by the functions that begin with `with`. */
export interface RealtimeFeature {
  /** Changes the options of the realtime. Called in an injection context. */
  readonly configure: (options: RealtimeOptions) => RealtimeOptions;
  /** What else it provides. */
  readonly providers?: readonly Provider[];
}

/** What the functions of this entry share. */
interface Provided {
  readonly realtime: Realtime;
  /** Whether the application renders pages on a server. There it has no connection. */
  readonly isServer: boolean;
  /** Its timers run outside of the zone. */
  readonly clock: Clock;
  /** How many sessions of views hold a client. */
  readonly holders: WeakMap<Client, number>;
}

const PROVIDED = new InjectionToken<Provided>('rx-realtime');

/** A server renders without a socket, a timer or a storage. */
const withoutConnection = (options: RealtimeOptions): RealtimeOptions => ({
  ...options,
  outbox: false,
  network$: concat(of(false), NEVER),
  lifecycle$: NEVER,
});

/** Whether the zone is one of zone.js. In a zoneless application it is not. */
const isZone = (zone: NgZone): boolean => zone.run(() => NgZone.isInAngularZone());

const create = (options: RealtimeOptions, features: readonly RealtimeFeature[]): Provided => {
  const isServer = inject(PLATFORM_ID) === 'server';
  const zone = inject(NgZone);
  const configured = features.reduce((before, { configure }) => configure(before), options);
  const adapted = isServer ? withoutConnection(configured) : isZone(zone) ? zoned(configured, zone) : configured;
  const realtime = createRealtime(adapted);
  // Nothing on a server makes it try to connect: not `retry()`, nor `resume()`, after which there is no network.
  if (isServer) realtime.pause();
  inject(DestroyRef).onDestroy(() => realtime.close());
  return { realtime, isServer, clock: adapted.clock ?? systemClock, holders: new WeakMap() };
};

/**
 * Provides a realtime to an application or to a route. It is created at its first use, and closed when the injector is
 * destroyed. With zone.js its timers and sockets run outside of the zone, and its values come inside, once a turn.
 * While a page is rendered on a server, it opens no socket, uses no storage and sets no timer.
 *
 * @param options the options of `createRealtime`, or a function that makes them in an injection context
 *
 * @example
 * bootstrapApplication(App, {
 *   providers: [provideRealtime({ appId: 'demo', server: 'wss://chat.example.com' }, withIndexedDbOutbox())],
 * });
 */
export const provideRealtime = (
  options: RealtimeOptions | (() => RealtimeOptions),
  ...features: readonly RealtimeFeature[]
): EnvironmentProviders =>
  makeEnvironmentProviders([
    {
      provide: PROVIDED,
      useFactory: () => create(typeof options === 'function' ? options() : options, features),
    },
    ...features.map(({ providers = [] }) => [...providers]),
  ]);

/**
 * Keeps messages that are sent without a connection, in the browser's IndexedDB, and sends them when there is one. They
 * outlive a reload of the page. It takes the place of the option `outbox`.
 *
 * @param options of the database (`name`, `fallback`), and the bounds of the outbox (`maxMessages` and others)
 *
 * @example provideRealtime({ appId, server }, withIndexedDbOutbox({ fallback: 'memory', maxMessages: 500 }))
 */
export const withIndexedDbOutbox = ({
  name,
  fallback,
  ...bounds
}: IndexedDbOutboxOptions & Omit<OutboxOptions, 'storage'> = {}): RealtimeFeature => ({
  configure: (options) => {
    const storage = indexedDbOutbox({
      ...(name === undefined ? {} : { name }),
      ...(fallback === undefined ? {} : { fallback }),
    });
    return { ...options, outbox: createOutbox({ ...bounds, storage: zonedStorage(storage, inject(NgZone)) }) };
  },
});

/** Needs an injection context. */
export const injectProvided = (): Provided => {
  const provided = inject(PROVIDED, { optional: true });
  if (provided === null)
    throw new Error('no realtime: add provideRealtime({ appId, server }) to the providers of the application');
  return provided;
};

/**
 * The realtime that `provideRealtime` has made. Needs an injection context.
 *
 * @example readonly state = toSignal(injectRealtime().state$);
 */
export const injectRealtime = (): Realtime => injectProvided().realtime;
