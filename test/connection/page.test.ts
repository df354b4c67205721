/** What a page tells a realtime, with a page made of event targets. `test/browser/` has a real one. */
import { filter, firstValueFrom, type Subscription } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRealtime, type Realtime } from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';

/** A target that counts its listeners. */
class Counted extends EventTarget {
  readonly listeners: string[] = [];
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listeners.push(args[0]);
    super.addEventListener(...args);
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listeners.splice(this.listeners.indexOf(args[0]), 1);
    super.removeEventListener(...args);
  }
}

describe('a realtime on a page', () => {
  let server: RtmServer;
  let window: Counted;
  let document: Counted & { visibilityState: 'visible' | 'hidden' };
  let navigator: { onLine: boolean };
  let realtime: Realtime;
  let lease: Subscription | undefined;

  beforeEach(async () => {
    server = await createServer();
    window = new Counted();
    document = Object.assign(new Counted(), { visibilityState: 'visible' as const });
    navigator = { onLine: true };
    for (const [name, value] of Object.entries({
      document,
      navigator,
      addEventListener: window.addEventListener.bind(window),
      removeEventListener: window.removeEventListener.bind(window),
    }))
      vi.stubGlobal(name, value);
    const { WebSocket } = await import('ws');
    realtime = createRealtime({ appId: 'app', server: server.url, webSocket: WebSocket, grace: 0, backoff: () => 10 });
  });
  afterEach(async () => {
    realtime.close();
    vi.unstubAllGlobals();
    await server.close();
  });

  const hold = (): void => {
    lease = realtime.session('Tom').subscribe();
  };
  const reach = (tag: string): Promise<unknown> =>
    firstValueFrom(realtime.state$.pipe(filter(({ _tag }) => _tag === tag)));
  const listening = (): readonly string[] => [...window.listeners, ...document.listeners];
  const happen = (type: string, more: object = {}): void => {
    const target = type === 'visibilitychange' ? document : window;
    target.dispatchEvent(Object.assign(new Event(type), more));
  };
  const tag = async (): Promise<string> => (await firstValueFrom(realtime.state$))._tag;

  it('listens to the page only while there is a session', async () => {
    expect(listening()).toEqual([]);
    hold();
    await reach('Connected');
    expect(listening()).not.toEqual([]);
    lease?.unsubscribe();
    await reach('Idle');
    expect(listening()).toEqual([]);
  });

  it('starts each lease from what the browser says then', async () => {
    hold();
    await reach('Connected');
    navigator.onLine = false;
    happen('offline');
    expect(await tag()).toBe('Offline');
    lease?.unsubscribe();
    await reach('Idle');
    // Nobody listens: the event is missed.
    navigator.onLine = true;
    happen('online');
    hold();
    await reach('Connected');
    lease?.unsubscribe();
    await reach('Idle');
    navigator.onLine = false;
    hold();
    await reach('Offline');
  });

  it.each([
    ['visibilitychange', {}],
    ['pageshow', { persisted: true }],
    ['online', {}],
  ])('comes back with the network at %s, if the browser was wrong or an event was missed', async (type, more) => {
    navigator.onLine = false;
    hold();
    await reach('Offline');
    navigator.onLine = true;
    happen(type, more);
    await reach('Connected');
  });

  it.each(['visibilitychange', 'pageshow', 'online'])('asks for a sign of life at %s', async (type) => {
    hold();
    await reach('Connected');
    const sent = async (): Promise<number> => (await firstValueFrom(realtime.health$)).framesOut;
    await firstValueFrom(realtime.session('Tom'));
    const before = await sent();
    document.visibilityState = 'hidden';
    happen('visibilitychange');
    expect(await sent()).toBe(before);
    document.visibilityState = 'visible';
    happen(type);
    expect(await sent()).toBe(before + 1);
    expect(await tag()).toBe('Connected');
  });

  it('closes its connection only if the page is kept, and opens one at once when it is shown', async () => {
    hold();
    await reach('Connected');
    happen('pagehide', { persisted: false });
    expect(await tag()).toBe('Connected');
    happen('pagehide', { persisted: true });
    expect(await firstValueFrom(realtime.state$)).toEqual({ _tag: 'Offline', reason: 'frozen' });
    happen('pageshow', { persisted: true });
    expect(await tag()).toBe('Retrying');
    await reach('Connected');
  });

  it('can be asked for a connection while the browser says that there is no network', async () => {
    navigator.onLine = false;
    hold();
    await reach('Offline');
    await firstValueFrom(realtime.probe());
    expect(await tag()).toBe('Connected');
  });
});
