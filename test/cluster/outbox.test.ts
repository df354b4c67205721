/** What a process sends to which others. */
import { describe, expect, test } from 'vitest';
import { createOutbox } from '../../server/cluster/outbox.js';
import type { Notice } from '../../server/notice.js';

const exit = (roomId: string): Notice => ({ _tag: 'Exit', roomId });

/** Clients and the processes that they are on. */
const where: Readonly<Record<string, readonly string[]>> = { Tom: ['b'], Jerry: ['b', 'c'], Spike: [] };

const createSent = (fails = false) => {
  const asked: (readonly string[])[] = [];
  const sent: (readonly [string, unknown])[] = [];
  const losses: unknown[] = [];
  const outbox = createOutbox({
    nodesOf: (clientIds) => {
      asked.push(clientIds);
      if (fails) return Promise.reject(new Error('the database is away'));
      const nodes = new Map<string, Set<string>>();
      for (const id of clientIds)
        for (const node of where[id] ?? []) nodes.set(node, (nodes.get(node) ?? new Set<string>()).add(id));
      return Promise.resolve(nodes);
    },
    others: () => ['b', 'c', 'd'],
    send: (node, text) => sent.push([node, JSON.parse(text)]),
    onLoss: (error) => losses.push(error),
  });
  return { asked, sent, losses, outbox };
};

describe('an outbox', () => {
  test('asks once for all that is published in a turn, and sends only to who has receivers', async () => {
    const { asked, sent, outbox } = createSent();
    outbox.add(['Tom', 'Spike'], exit('1'));
    outbox.add(['Jerry', 'Tom'], exit('2'));
    outbox.add(['Spike'], exit('3'));
    await outbox.settled();
    expect(asked).toEqual([['Tom', 'Spike', 'Jerry']]);
    expect(sent).toEqual([
      [
        'b',
        [
          [['Tom'], exit('1')],
          [['Jerry', 'Tom'], exit('2')],
        ],
      ],
      ['c', [[['Jerry'], exit('2')]]],
    ]);
  });

  test('keeps the order of the calls while the database is asked', async () => {
    const { sent, outbox } = createSent();
    outbox.add(['Tom'], exit('1'));
    await Promise.resolve();
    outbox.add(['Tom'], exit('2'));
    await outbox.settled();
    outbox.add(['Tom'], exit('3'));
    await outbox.settled();
    const all = sent.flatMap(([, entries]) => entries as readonly (readonly [unknown, { readonly roomId: string }])[]);
    expect(all.map(([, { roomId }]) => roomId)).toEqual(['1', '2', '3']);
  });

  test('sends a kick to all, since logins that are under way are nowhere to be found', async () => {
    const { asked, sent, outbox } = createSent();
    outbox.add(['Spike'], { _tag: 'Kick', code: 4115, reason: '' });
    await outbox.settled();
    expect(asked).toEqual([]);
    expect(sent.map(([node]) => node)).toEqual(['b', 'c', 'd']);
  });

  test('tells if something was not sent, and goes on', async () => {
    const { losses, outbox } = createSent(true);
    outbox.add(['Tom'], exit('1'));
    await outbox.settled();
    outbox.add(['Tom'], exit('2'));
    await outbox.settled();
    expect(losses).toHaveLength(2);
  });

  test('is settled when what was added before is sent, while more and more is added', async () => {
    const { sent, outbox } = createSent();
    outbox.add(['Tom'], exit('0'));
    const state = { isSettled: false };
    const isSettled = (): boolean => state.isSettled;
    const settled = outbox.settled().then(() => (state.isSettled = true));
    for (let number = 1; !isSettled(); number += 1) {
      outbox.add(['Tom'], exit(String(number)));
      await Promise.resolve();
      expect(number).toBeLessThan(1_000);
    }
    await settled;
    expect(sent.length).toBeGreaterThan(0);
  });

  test('is settled if what was added is lost', async () => {
    const { outbox, losses } = createSent(true);
    outbox.add(['Tom'], exit('1'));
    await outbox.settled();
    expect(losses.length).toBe(1);
  });
});
