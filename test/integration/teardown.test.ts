import { firstValueFrom, lastValueFrom, merge, switchMap, take, type Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRealtime, text, type Client, type Realtime, type RealtimeOptions, log } from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { toRealtimeError } from '../../src/errors.js';
import { statsNow } from '../server/stats-now.js';

const CYCLES = 4_000;
/**
 * The bytes that a cycle may leave behind. Compiled code and coverage counters still grow a little. A leaked client
 * takes many times as much.
 */
const SLACK = 300;

const collect = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const network = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
const listeners = (signal: AbortSignal): string[] => {
  const heard: string[] = [];
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, ...rest: [EventListener]) => {
    heard.push(`+${type}`);
    add(type, ...rest);
  };
  signal.removeEventListener = (type: string, ...rest: [EventListener]) => {
    heard.push(`-${type}`);
    remove(type, ...rest);
  };
  return heard;
};

describe('the end', () => {
  let server: RtmServer;
  const realtimes: Realtime[] = [];
  const create = (options: Partial<RealtimeOptions> = {}): Realtime => {
    const realtime = createRealtime({ appId: 'app', server: server.url, grace: 0, ...options });
    realtimes.push(realtime);
    return realtime;
  };

  beforeEach(async () => {
    server = await createServer({ port: 0 });
  });
  afterEach(async () => {
    for (const realtime of realtimes.splice(0)) realtime.close();
    await server.close();
  });

  it('of a realtime is done when close returns: commands fail, clients close, all streams complete', async () => {
    const realtime = create();
    const tom = await firstValueFrom(realtime.login('Tom'));
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const told: string[] = [];
    conversation
      .send(text('x'))
      .subscribe({ error: (error: unknown) => told.push(`send ${toRealtimeError(error)._tag}`) });
    realtime.state$.subscribe({ next: ({ _tag }) => told.push(_tag), complete: () => told.push('state$') });
    tom.status$.subscribe({ next: ({ _tag }) => told.push(`Tom ${_tag}`), complete: () => told.push('status$') });
    tom.messages$.subscribe({ complete: () => told.push('messages$') });
    realtime.faults$.subscribe({ complete: () => told.push('faults$') });
    told.length = 0;
    realtime.close();
    expect(told).toEqual([
      'Tom Reopening',
      'Closed',
      'send Unconfirmed',
      'Tom Closed',
      'status$',
      'messages$',
      'state$',
      'faults$',
    ]);
    realtime.close();
    realtime[Symbol.dispose]();
    expect(told).toHaveLength(8);
  });

  it('of a realtime and of a client also comes at the end of a using block', async () => {
    const states: string[] = [];
    {
      using realtime = createRealtime({ appId: 'app', server: server.url, grace: 0 });
      realtime.state$.subscribe(({ _tag }) => states.push(_tag));
      let client: Client;
      {
        using tom = await firstValueFrom(realtime.login('Tom'));
        client = tom;
      }
      expect(await lastValueFrom(client.status$)).toMatchObject({ _tag: 'Closed', code: 0 });
    }
    expect(states.at(-1)).toBe('Closed');
  });

  it('of a realtime, of a lease and of a pending login comes when a signal is aborted', async () => {
    const [closing, leasing, early] = [new AbortController(), new AbortController(), AbortSignal.abort()];
    const heard = listeners(leasing.signal);
    const realtime = create({ signal: closing.signal });
    const completed = lastValueFrom(realtime.session('Tom', { signal: leasing.signal }));
    await firstValueFrom(realtime.session('Tom'));
    leasing.abort();
    expect((await completed).id).toBe('Tom');
    expect(heard).toEqual(['+abort', '-abort']);
    await expect(firstValueFrom(realtime.login('Jerry', { signal: early }))).rejects.toMatchObject({
      _tag: 'SessionClosed',
      reason: 'the login was aborted',
    });
    const jerry = await firstValueFrom(realtime.login('Jerry'));
    closing.abort();
    expect(await firstValueFrom(jerry.status$)).toMatchObject({ _tag: 'Closed' });
    expect(await firstValueFrom(realtime.state$)).toMatchObject({ _tag: 'Closed' });
    await expect(firstValueFrom(create({ signal: early }).login('Tom'))).rejects.toMatchObject({
      _tag: 'SessionClosed',
    });
  });

  it('of thousands of leases leaves no socket, no session and no growing heap', async () => {
    const realtime = create();
    const holder = await firstValueFrom(realtime.login('Holder'));
    const { id } = await firstValueFrom(holder.createConversation({ members: ['Tom'] }));
    const ended = (lease$: Observable<unknown>): Promise<unknown> => lastValueFrom(lease$, { defaultValue: undefined });
    const cycle = (count: number): Promise<unknown> =>
      ended(
        realtime.session(`Tom ${String(count % 10)}`).pipe(
          switchMap((tom) => {
            const conversation = tom.conversation(id);
            // All streams that hold a resource while they are subscribed.
            return merge(tom.status$, tom.messages$, log(conversation), tom.unread$, conversation.events$).pipe(
              take(1),
            );
          }),
          take(1),
        ),
      );
    for (let count = 0; count < CYCLES / 5; count += 1) await cycle(count);
    const warm = collect();
    for (let count = 0; count < CYCLES; count += 1) await cycle(count);
    await expect.poll(() => (collect() - warm) / CYCLES, { timeout: 15_000, interval: 500 }).toBeLessThan(SLACK);
    await expect.poll(async () => (await statsNow(server)).sessions).toBe(1);
    const before = network();
    realtime.close();
    await expect.poll(network).toBeLessThan(before);
  }, 120_000);

  it('of the last reference to a client lets the garbage collector free it', async () => {
    const realtime = create();
    await firstValueFrom(realtime.login('Holder'));
    const lease = async (): Promise<WeakRef<Client>> => {
      const client = await firstValueFrom(realtime.session('Tom'));
      return new WeakRef(client);
    };
    const reference = await lease();
    await expect.poll(async () => (await statsNow(server)).sessions).toBe(1);
    await expect
      .poll(() => {
        collect();
        return reference.deref() === undefined;
      })
      .toBe(true);
  });
});
