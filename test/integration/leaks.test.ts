import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createRealtime, text } from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { statsNow } from '../server/stats-now.js';

const ROUNDS = 2_000;
/**
 * Bytes that a round may leave behind: compiled code and counters of coverage still grow a little; a client that
 * stays takes several times that.
 */
const SLACK = 1_000;

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

/** Sockets and servers that are open; and timers, of which the test runner has some too. */
const handles = (): { readonly network: number; readonly timers: number } => {
  const active = process.getActiveResourcesInfo();
  return {
    network: active.filter((name) => name.startsWith('TCP')).length,
    timers: active.filter((name) => name === 'Timeout').length,
  };
};

describe('many rounds of login, send and logout', () => {
  it('leave no handle and no growing heap, in the client or in the server', async () => {
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
    // Nothing was stored: all of it must be gone once the grace of the last rounds is over.
    await expect.poll(() => (heap() - warm) / ROUNDS, { timeout: 15_000, interval: 500 }).toBeLessThan(SLACK);
    expect(await statsNow(server)).toMatchObject({ sockets: 1, sessions: 1 });

    realtime.close();
    await server.close();
    await expect.poll(() => handles().network).toBe(before.network);
    // Waiting for it takes one timer itself.
    expect(handles().timers).toBeLessThanOrEqual(before.timers + 1);
  }, 120_000);
});
