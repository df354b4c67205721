import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createRealtime, text } from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { statsNow } from '../server/stats-now.js';

const ROUNDS = 2_000;
/**
 * The bytes that a round may leave behind. Compiled code and coverage counters still grow a little. A leaked client
 * takes several times as much.
 */
const SLACK = 1_000;

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

/** The open sockets and servers, and the timers. Some of the timers belong to the test runner. */
const handles = (): { readonly network: number; readonly timers: number } => {
  const active = process.getActiveResourcesInfo();
  return {
    network: active.filter((name) => name.startsWith('TCP')).length,
    timers: active.filter((name) => name === 'Timeout').length,
  };
};

describe('many rounds of login, send and logout', () => {
  it('leave no open handle and no growing heap, in the client and in the server', async () => {
    const before = handles();
    const server = await createServer({ port: 0 });
    const realtime = createRealtime({ appId: 'app', server: server.url });
    const hold = await firstValueFrom(realtime.login('Holder'));
    const conversation = await firstValueFrom(hold.createConversation({ members: ['Tom'], unique: true }));
    const round = async (): Promise<void> => {
      const tom = await firstValueFrom(realtime.login('Tom'));
      await lastValueFrom(tom.conversation(conversation.id).send(text('round'), { transient: true }));
      await lastValueFrom(tom.close());
    };
    for (let count = 0; count < ROUNDS / 4; count += 1) await round();
    const warm = heap();
    for (let count = 0; count < ROUNDS; count += 1) await round();
    // Nothing was stored: all memory must be free once the grace period of the last rounds is over.
    await expect.poll(() => (heap() - warm) / ROUNDS, { timeout: 15_000, interval: 500 }).toBeLessThan(SLACK);
    expect(await statsNow(server)).toMatchObject({ sockets: 1, sessions: 1 });

    realtime.close();
    await server.close();
    await expect.poll(() => handles().network).toBe(before.network);
    // The wait itself uses one timer.
    expect(handles().timers).toBeLessThanOrEqual(before.timers + 1);
  }, 120_000);
});
