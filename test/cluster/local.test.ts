/** Who is here, as the database is told. */
import { expect, test } from 'vitest';
import { createLocal } from '../../server/cluster/local.js';
import type { Place, Presence } from '../../server/cluster/nodes.js';
import { snapshotOf } from '../../server/cluster/snapshot.js';

const start = () => {
  const online: Presence<string>[] = [];
  const occupants: Presence<Place>[] = [];
  const listening = new Set<string>();
  const local = createLocal({
    id: 'a',
    nodes: {
      markOnline: (_, marks) => {
        online.push(...marks);
        return Promise.resolve({ now: 1, snapshot: snapshotOf('1:1:') });
      },
      markOccupants: (_, marks) => {
        occupants.push(...marks);
        return Promise.resolve(1);
      },
    },
    now: () => 1,
    listen: (roomId) => {
      listening.add(roomId);
      return Promise.resolve(() => listening.delete(roomId));
    },
    entered: () => undefined,
    report: (error) => {
      throw error;
    },
  });
  return { online, occupants, listening, local };
};

test('a session that leaves twice is counted once: another one of its client is still here', async () => {
  const { online, local } = start();
  const leave = await local.subscribe('Tom', () => undefined, undefined);
  const other = await local.subscribe('Tom', () => undefined, undefined);
  leave();
  leave();
  expect([local.has('Tom'), online]).toEqual([
    true,
    [
      { key: 'Tom', isHere: true },
      { key: 'Tom', isHere: true },
    ],
  ]);
  other();
  await expect.poll(() => online.at(-1)).toEqual({ key: 'Tom', isHere: false });
});

test('a session that leaves a chat room twice is counted once: another one of its client is still in it', async () => {
  const { occupants, listening, local } = start();
  const leave = await local.enter('r', 'Tom', () => undefined);
  const other = await local.enter('r', 'Tom', () => undefined);
  leave();
  leave();
  expect([local.clientsIn('r'), [...listening]]).toEqual([['Tom'], ['r']]);
  other();
  await expect.poll(() => occupants.at(-1)).toEqual({ key: { room: 'r', client: 'Tom' }, isHere: false });
  expect([local.clientsIn('r'), [...listening]]).toEqual([[], []]);
});
