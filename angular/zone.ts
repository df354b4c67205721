/**
 * Timers and sockets run outside of Angular's zone, so the application becomes stable. What they bring enters the
 * zone: messages once a turn, however many there are.
 */
import type { NgZone } from '@angular/core';
import {
  systemClock,
  type Clock,
  type Fetch,
  type OutboxStorage,
  type RealtimeOptions,
  type WebSocketConstructor,
} from 'rx-realtime';
import { EMPTY, Observable, defer, type ObservableInput } from 'rxjs';

type Socket = InstanceType<WebSocketConstructor>;
type Handler = Socket['onopen'];

const call = (handler: Handler, event: object): void => {
  if (handler !== null) Reflect.apply(handler, undefined, [event]);
};

/** What is subscribed and unsubscribed outside of the zone. What it emits is inside. */
const outsideOf = <T>(zone: NgZone, source$: Observable<T>): Observable<T> =>
  new Observable((subscriber) => {
    const subscription = zone.runOutsideAngular(() =>
      source$.subscribe({
        next: (value) => zone.run(() => subscriber.next(value)),
        error: (error: unknown) => zone.run(() => subscriber.error(error)),
        complete: () => zone.run(() => subscriber.complete()),
      }),
    );
    return () => zone.runOutsideAngular(() => subscription.unsubscribe());
  });

/** Timers are set outside of the zone. What follows from one is inside. */
const zonedClock = (clock: Clock, zone: NgZone): Clock => ({
  now: () => clock.now(),
  elapsed: () => clock.elapsed(),
  after: (ms) => outsideOf(zone, clock.after(ms)),
});

/**
 * Sockets are opened outside of the zone. The events of one turn enter the zone together, in their order: otherwise
 * Angular would look for changes once for each message.
 */
const zonedSocket = (Implementation: WebSocketConstructor, clock: Clock, zone: NgZone): WebSocketConstructor => {
  const turnEnds$ = clock.after(0);
  return class ZonedSocket implements Socket {
    onopen: Handler = null;
    onmessage: Handler = null;
    onerror: Handler = null;
    onclose: Handler = null;
    readonly #socket: Socket;
    #waiting: (() => void)[] = [];
    declare terminate?: () => void;
    declare pause?: () => void;
    declare resume?: () => void;

    // Whether a socket has these is known before there is a socket.
    static {
      for (const name of ['terminate', 'pause', 'resume'] as const)
        if (name in (Implementation.prototype ?? {}))
          ZonedSocket.prototype[name] = function (this: ZonedSocket) {
            zone.runOutsideAngular(() => this.#socket[name]?.());
          };
    }

    constructor(url: string, protocol: string) {
      this.#socket = zone.runOutsideAngular(() => {
        const socket = new Implementation(url, protocol);
        socket.onopen = (event: object) => this.#hear(() => call(this.onopen, event));
        socket.onmessage = (event: object) => this.#hear(() => call(this.onmessage, event));
        socket.onerror = (event: object) => this.#hear(() => call(this.onerror, event));
        socket.onclose = (event: object) => this.#hear(() => call(this.onclose, event));
        return socket;
      });
    }

    get binaryType(): string {
      return this.#socket.binaryType;
    }
    set binaryType(type: string) {
      this.#socket.binaryType = type;
    }
    get readyState(): number {
      return this.#socket.readyState;
    }
    send(frame: Parameters<Socket['send']>[0]): void {
      zone.runOutsideAngular(() => {
        this.#socket.send(frame);
      });
    }
    close(): void {
      zone.runOutsideAngular(() => {
        this.#socket.close();
      });
    }

    #hear(tell: () => void): void {
      if (this.#waiting.push(tell) > 1) return;
      turnEnds$.subscribe(() => {
        const heard = this.#waiting;
        this.#waiting = [];
        for (const event of heard) event();
      });
    }
  };
};

/** A storage that works outside of the zone. What it answers is inside. */
export const zonedStorage = (storage: OutboxStorage, zone: NgZone): OutboxStorage => {
  const outside = <T>(work: () => ObservableInput<T>): Observable<T> => outsideOf(zone, defer(work));
  const { faults$ } = storage;
  return {
    load: (owner) => outside(() => storage.load(owner)),
    put: (owner, message) => outside(() => storage.put(owner, message)),
    remove: (owner, token) => outside(() => storage.remove(owner, token)),
    ...(faults$ === undefined ? {} : { faults$: outsideOf(zone, faults$) }),
    // Without `claim`, an outbox sends all that it finds.
    ...(storage.claim === undefined
      ? {}
      : { claim: (owner, batch) => outside(() => storage.claim?.(owner, batch) ?? EMPTY) }),
  };
};

const platformSocket = (): WebSocketConstructor | undefined => globalThis.WebSocket;

/** The options of a realtime whose timers, sockets and requests run outside of the zone. */
export const zoned = (options: RealtimeOptions, zone: NgZone): RealtimeOptions => {
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const clock = zonedClock(options.clock ?? systemClock, zone);
  // Node 20 has none. The realtime then uses that of `ws`, as it is.
  const webSocket = options.webSocket ?? platformSocket();
  return {
    ...options,
    clock,
    fetch: (url, init) => zone.runOutsideAngular(() => fetch(url, init)),
    ...(webSocket === undefined ? {} : { webSocket: zonedSocket(webSocket, clock, zone) }),
  };
};
