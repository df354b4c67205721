/** Functions that take a handle get a handle that was not made by a realtime. */
import { NEVER, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as entry from '../../src/index.js';
import type { Client, Conversation } from '../../src/index.js';
import { conversationHandle } from './internals.js';

const conversation = { id: 'c' } as Conversation;
const client = {
  id: 'Tom',
  conversation: () => ({ ...conversation, events$: NEVER, messages$: NEVER }),
} as unknown as Client;

const errorsOf = (stream$: Observable<unknown>): readonly unknown[] => {
  const errors: unknown[] = [];
  stream$.subscribe({ error: (error: unknown) => errors.push(error) });
  return errors;
};

describe('a handle that was not made by a realtime', () => {
  it.each([
    ['conversationList', () => entry.conversationList(client)],
    ['findConversations', () => entry.findConversations(client)],
    ['presence', () => entry.presence(client, [])],
    ['online', () => entry.online(client, [])],
    ['room', () => entry.room(client, 'r').messages$],
    ['createRoom', () => entry.createRoom(client)],
    ['createTemporaryConversation', () => entry.createTemporaryConversation(client, { members: [] })],
    ['timeline', () => entry.timeline(conversation)],
    ['log', () => entry.log(conversation)],
    ['roles', () => entry.roles(conversation)],
    ['setRole', () => entry.setRole(conversation, 'Jerry', 'Manager')],
    ['increment', () => entry.increment(conversation, 'votes')],
    ['addToList', () => entry.addToList(conversation, 'topics', [])],
    ['memberReceipts', () => entry.memberReceipts(conversation)],
    ['silence', () => entry.silence(conversation, ['Jerry'])],
    ['blocked', () => entry.blocked(conversation)],
    ['presence of a conversation', () => entry.presence(conversationHandle({}) as unknown as Client, [])],
  ] as const)('is an InvalidArgument in the error channel of %s', (_, call) => {
    expect(errorsOf(call())).toMatchObject([
      { _tag: 'InvalidArgument', what: expect.stringContaining('fake') as string },
    ]);
  });
});
