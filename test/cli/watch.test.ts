/** What the log says once in a while. */
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ServerStats } from 'rx-realtime/server';
import { lossesBetween } from '../../server/cli/watch.js';
import { serve } from '../server/raw-client.js';

describe('what was refused and lost between two readings', () => {
  it('is what has grown, and nothing if nothing has', async () => {
    const before: ServerStats = await firstValueFrom((await serve()).stats$);
    expect(lossesBetween(before, before)).toBeUndefined();
    const counts = { ...before.counts, refusals: { 4102: 3 }, refusedConnections: { 503: 1 } };
    const after = { ...before, counts, dropped: { normal: 0, low: 2 } };
    expect(lossesBetween(before, after)).toEqual({
      refusals: { 4102: 3 },
      refusedConnections: { 503: 1 },
      droppedRoomMessages: { low: 2 },
    });
    expect(lossesBetween(after, { ...after, hooks: { ...after.hooks, failed: 1 } })).toEqual({
      hookCalls: { failed: 1 },
    });
  });
});
