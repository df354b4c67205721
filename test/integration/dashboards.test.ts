import { Subject, filter, firstValueFrom, skipWhile, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox, createRealtime, text, type Client, type Realtime, presence } from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';

describe('a realtime on a dashboard', () => {
  let server: RtmServer;
  const realtimes: Realtime[] = [];
  const login = async (id: string): Promise<readonly [Realtime, Client]> => {
    const realtime = createRealtime({ appId: 'app', server: server.url, grace: 0, outbox: createOutbox() });
    realtimes.push(realtime);
    return [realtime, await firstValueFrom(realtime.login(id))];
  };
  const until = <T>(stream$: Observable<T>, holds: (value: T) => boolean): Promise<T> =>
    firstValueFrom(stream$.pipe(skipWhile((value) => !holds(value))));

  beforeEach(async () => {
    server = await createServer({ port: 0 });
  });
  afterEach(async () => {
    for (const realtime of realtimes.splice(0)) realtime.close();
    await server.close();
  });

  it('reports its health: traffic in and out, response times, and the size of the outbox', async () => {
    const [realtime, tom] = await login('Tom');
    const before = await firstValueFrom(realtime.health$);
    expect(before).toMatchObject({ retries: 0, outbox: 0, inFlight: 0 });
    expect(before.framesIn).toBeGreaterThan(0);
    expect(before.lastHeardAt).toBeGreaterThan(Date.now() - 60_000);
    expect(before.roundTrip?.last).toBeGreaterThan(0);
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    realtime.pause();
    conversation.send(text('later')).subscribe();
    expect(await until(realtime.health$, ({ outbox }) => outbox === 1)).toMatchObject({ outbox: 1 });
    realtime.resume();
    const after = await until(
      realtime.health$,
      ({ outbox, framesOut }) => outbox === 0 && framesOut > before.framesOut,
    );
    expect(after.bytesOut).toBeGreaterThan(before.bytesOut);
    expect(after.bytesIn).toBeGreaterThan(before.bytesIn);
  });

  it('completes health$ when it is closed', async () => {
    const [realtime] = await login('Tom');
    const done = new Promise((resolve) => realtime.health$.subscribe({ complete: () => resolve('completed') }));
    realtime.close();
    expect(await done).toBe('completed');
  });

  it('reports the presence of the watched clients, also after a break', async () => {
    const [realtime, tom] = await login('Tom');
    await login('Jerry');
    const watched$ = new Subject<readonly string[]>();
    const presence$ = presence(tom, watched$);
    const seen: string[] = [];
    const subscription = presence$.subscribe((known) =>
      seen.push([...known].map(([id, online]) => `${id} ${String(online)}`).join(', ')),
    );
    const first = until(presence$, ({ size }) => size === 2);
    watched$.next(['Jerry', 'Spike']);
    await first;
    await login('Spike');
    const back = until(presence$, (known) => known.get('Spike') === true);
    realtime.pause();
    realtime.resume();
    await back;
    expect(seen).toEqual(['', 'Jerry true, Spike false', 'Jerry true, Spike true']);
    const over = firstValueFrom(presence$.pipe(filter(() => false)), { defaultValue: 'completed' });
    await firstValueFrom(tom.close());
    expect(await over).toBe('completed');
    expect(subscription.closed).toBe(true);
  });
});
