/** A wire over NATS that is not there. */
import { describe, expect, test } from 'vitest';
import { natsWire } from '../../server/cluster/nats-wire.js';
import { freePort } from '../store/postgres-run.js';

describe('a wire to a NATS that is not there', () => {
  test('opens, says what is wrong, and takes what is published for lost', async () => {
    const said: string[] = [];
    let breaks = 0;
    const wire = await natsWire(
      `nats://127.0.0.1:${await freePort()}`,
      'test',
    )({
      onBreak: () => (breaks += 1),
      report: (error) => said.push(String(error)),
    });
    expect([said.length, breaks]).toEqual([1, 1]);
    expect(said[0]).toMatch(/NATS at 127\.0\.0\.1:\d+: ECONNREFUSED; until it is there/);
    wire.publish('a', 'b');
    expect(breaks).toBe(2);
    await expect(wire.confirm()).rejects.toThrow('there is no connection');
    const stop = await wire.subscribe('a', () => undefined);
    stop();
    await wire.close();
  });
});
