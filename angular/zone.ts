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
import { EMPTY, Observable, defer, from, type ObservableInput } from 'rxjs';

type Socket = InstanceType<WebSocketConstructor>;
type Handler = Socket['onopen'];

const call = (handler: Handler, event: object): void => {
  if (handler !== null) Reflect.apply(handler, undefined, [event]);
};

/** Timers are set outside of the zone. What follows from one is inside. */
const zonedClock = (clock: Clock, zone: NgZone): Clock => ({
  now: () => clock.now(),
  elapsed: () => clock.elapsed(),
  after: (ms) =>
    new Observable((subscriber) =>
      zone.runOutsideAngular(() =>
        clock.after(ms).subscribe({
          next: (value) => zone.run(() => subscriber.next(value)),
          error: (error: unknown) => zone.run(() => subscriber.error(error)),
          complete: () => zone.run(() => subscriber.complete()),
        }),
      ),
    ),
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
      this.#socket.send(frame);
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

/** A storage that works outside of the zone. */
export const zonedStorage = (storage: OutboxStorage, zone: NgZone): OutboxStorage => {
  const outside = <T>(work: () => ObservableInput<T>): Observable<T> =>
    defer(() => zone.runOutsideAngular(() => from(work())));
  return {
    load: (owner) => outside(() => storage.load(owner)),
    put: (owner, message) => outside(() => storage.put(owner, message)),
    remove: (owner, token) => outside(() => storage.remove(owner, token)),
    faults$: storage.faults$ ?? EMPTY,
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
