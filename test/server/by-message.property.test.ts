/** The order in which a login looks at the conversations of a client. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byMessage } from '../../server/domain/memory/by-message.js';
import { heldConversations } from '../../server/domain/memory/held-conversations.js';
import { keptByKind } from '../../server/domain/memory/retention.js';

const CLIENTS = ['a', 'b', 'c'];
const id = fc.constantFrom('1', '2', '3', '4');
const client = fc.constantFrom(...CLIENTS);
const at = fc.integer({ min: 0, max: 20 });

const step = fc.oneof(
  fc.record({ what: fc.constant('append' as const), id, client, at }),
  fc.record({ what: fc.constant('join' as const), id, client, at }),
  fc.record({ what: fc.constant('part' as const), id, client, at }),
  fc.record({ what: fc.constant('read' as const), id, client, at }),
  fc.record({ what: fc.constant('recall' as const), id, client, at }),
);

interface Known {
  readonly members: Set<string>;
  readonly unread: Set<string>;
  last: number | undefined;
}

it('is that of the newest messages, and it has what may be unread and nothing that was read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const index = byMessage();
      const known = new Map<string, Known>();
      for (const { what, id, client, at } of steps) {
        const one = known.get(id) ?? { members: new Set(), unread: new Set(), last: undefined };
        known.set(id, one);
        if (what === 'append') {
          // The times of one conversation increase.
          one.last = Math.max(at, (one.last ?? -1) + 1);
          index.appended(id, one.members, client, one.last);
          for (const member of one.members) if (member !== client) one.unread.add(member);
        } else if (what === 'join') {
          if (one.members.has(client)) continue;
          one.members.add(client);
          index.join(id, client, { isCrowded: false, isChanged: false, lessAt: undefined });
          if (one.last !== undefined) one.unread.add(client);
        } else if (what === 'part') {
          index.part(id, client);
          one.members.delete(client);
          one.unread.delete(client);
        } else if (what === 'read' && one.members.has(client)) {
          index.read(id, client, true, at);
          one.unread.delete(client);
        } else if (what === 'recall') {
          index.changed(id, one.members, [], at);
        }
      }
      for (const client of CLIENTS) {
        const lastOf = (wanted: string): number => known.get(wanted)?.last ?? -1;
        const own = [...known].filter(([, { members, last }]) => members.has(client) && last !== undefined);
        const unread = own.filter(([, one]) => one.unread.has(client)).map(([wanted]) => wanted);
        const given = [...index.unread(client)];
        expect(given.toSorted()).toEqual(unread.toSorted());
        expect(given.map(lastOf)).toEqual(given.map(lastOf).toSorted((a, b) => b - a));
        const all = [...index.unread(client, -Infinity)];
        expect(all.toSorted()).toEqual(own.map(([wanted]) => wanted).toSorted());
      }
    }),
  );
});

it.each(['no message', 'messages'])('keeps nothing for a client that has left everything, with %s', (what) => {
  const held = heldConversations({ unreadLimit: 10, kept: keptByKind({}), now: () => 0, settled: () => 0 });
  for (const [id, kind] of [['1', 'ordinary'] as const, ['2', 'temporary'] as const, ['3', 'system'] as const])
    held.put({ id, kind, createdAt: 0, ttl: 100, members: ['a'], attributes: {} });
  if (what === 'messages')
    for (const [at, id] of ['1', '2', '1', '2'].entries()) held.byMessage.appended(id, ['a'], 'b', at);
  expect(held.byMessage.clients()).toBe(1);
  held.part('1', ['a']);
  held.remove('2');
  expect([...held.byMessage.crowded('a')]).toEqual(['3']);
  held.part('3', ['a']);
  expect(held.byMessage.clients()).toBe(0);
});
