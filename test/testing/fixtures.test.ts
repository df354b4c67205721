import { describe, expect, it } from 'vitest';
import { text } from 'rx-realtime';
import { conversation, message } from 'rx-realtime/testing';

describe('a fixture', () => {
  it('is complete, and takes the given fields', () => {
    expect(message({ timestamp: 7, body: text('hi') })).toEqual({
      id: 'm7',
      conversationId: 'c',
      from: 'Jerry',
      timestamp: 7,
      body: text('hi'),
      transient: false,
      mentions: [],
      mentionsAll: false,
      mentioned: false,
    });
    expect(message().id).toBe('m1');
    expect(conversation({ name: 'Mice' })).toMatchObject({
      id: 'c',
      kind: 'ordinary',
      name: 'Mice',
      members: ['Tom', 'Jerry'],
    });
  });

  it('has members only if its kind has members', () => {
    for (const kind of ['room', 'system'] as const) expect(conversation({ kind })).not.toHaveProperty('members');
  });
});
