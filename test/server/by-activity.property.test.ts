/** A list of a client's own conversations is the same with the index as by looking at all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemory, type Memory } from '../../server/domain/memory/memory.js';
import type { ConversationSearch } from '../../server/domain/records.js';

const DAY = 86_400_000;
const MEMBERS = ['Tom', 'Jerry', 'Spike'];

type Step =
  | { readonly _tag: 'Create' | 'CreateTemporary' | 'Say' | 'Join' | 'Leave' | 'Delete'; readonly which: number }
  | { readonly _tag: 'Wait'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.record({
  _tag: fc.constantFrom('Create', 'CreateTemporary', 'Say', 'Join', 'Leave', 'Delete', 'Wait'),
  which: fc.nat(11),
});

const world = () => {
  let [time, ids] = [1_000, 0];
  const memory = createMemory({
    now: () => time,
    newConversationId: () => `c${(ids += 1)}`,
    newMessageId: () => `m${(ids += 1)}`,
    conversationDays: 2,
  });
  const created: string[] = [];
  const create = (which: number, ttl?: number): void => {
    const members = MEMBERS.filter((_, index) => (which >> index) % 2 === 0);
    const kind = ttl === undefined ? 'ordinary' : 'temporary';
    const draft = {
      kind,
      members,
      attributes: {},
      unique: false,
      now: time,
      ...(ttl === undefined ? {} : { ttl }),
    } as const;
    created.push(memory.createConversation(draft).info.id);
  };
  const take = ({ _tag, which }: Step): void => {
    time += 1;
    const id = created[which % Math.max(1, created.length)] ?? '';
    const member = MEMBERS[which % MEMBERS.length] ?? '';
    const message = {
      conversationId: id,
      from: member,
      receipt: false,
      mentions: [],
      mentionsAll: false,
      msg: 'hello',
    };
    switch (_tag) {
      case 'Create':
        create(which);
        return;
      case 'CreateTemporary':
        create(which, 20 + which);
        return;
      case 'Say':
        memory.say({ ...message, now: time });
        return;
      case 'Join':
        memory.addMembers(id, [member], 10);
        return;
      case 'Leave':
        memory.removeMembers(id, [member]);
        return;
      case 'Delete':
        if (which === 0) memory.deleteConversation(id);
        return;
      case 'Wait':
        time += which === 0 ? DAY : 10_000;
    }
  };
  return { memory, take };
};

const own = (memory: Memory, clientId: string, skip: number, isIndexed: boolean): readonly string[] => {
  const search: ConversationSearch = {
    where: { _tag: 'Field', path: ['m'], test: { _tag: 'In', values: [clientId] } },
    sort: '-lm,-createdAt',
    skip,
    limit: 3,
    seen: (info) => info,
    ...(isIndexed ? { viewer: { clientId, seesOrdinary: false } } : {}),
  };
  return memory.find(search).map(({ id, lastMessageAt }) => `${id} ${String(lastMessageAt)}`);
};

describe("a client's own conversations, the latest activity first", () => {
  it('are the same from the index as from looking at all, whatever has happened', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { memory, take } = world();
        for (const [index, one] of steps.entries()) {
          take(one);
          if (index % 3 !== 0) continue;
          for (const member of MEMBERS)
            for (const skip of [0, 2])
              expect(own(memory, member, skip, true)).toEqual(own(memory, member, skip, false));
        }
      }),
    );
  });
});
