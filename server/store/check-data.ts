/** What the checks of a store are made of. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Appended, ConversationDraft, NewMessage, SessionOpening, Store } from './store.js';

export const fresh = (name: string): string => `${name}-${randomUUID().slice(0, 13)}`;

export const draft = (members: readonly string[], more: Partial<ConversationDraft> = {}): ConversationDraft => ({
  kind: 'ordinary',
  members,
  attributes: {},
  unique: false,
  now: Date.now(),
  ...more,
});

export const create = async (
  store: Store,
  members: readonly string[],
  more?: Partial<ConversationDraft>,
): Promise<string> => (await store.createConversation(draft(members, more))).info.id;

export const message = (conversationId: string, from: string, more: Partial<NewMessage> = {}): NewMessage => ({
  conversationId,
  from,
  msg: 'text',
  receipt: false,
  mentions: [],
  mentionsAll: false,
  now: Date.now(),
  ...more,
});

/** Stores one message. */
export const append = async (store: Store, wanted: NewMessage): Promise<Appended> => {
  const [result] = await store.append([wanted]);
  assert.ok(result !== undefined, 'append gave no result');
  return result;
};

/** The message that was stored, or was stored before. */
export const stored = (result: Appended): Extract<Appended, { _tag: 'Repeated' }>['message'] => {
  assert.ok(result._tag === 'Appended' || result._tag === 'Repeated', `append gave ${result._tag}`);
  return result.message;
};

export const membersOf = async (store: Store, id: string): Promise<readonly string[]> =>
  (await store.conversations([id]))[0]?.members ?? [];

export const opening = (
  clientId: string,
  token: string,
  more: { readonly tag?: string; readonly resumes?: boolean } = {},
): SessionOpening => {
  const { tag, resumes = false } = more;
  const session: SessionOpening['session'] = {
    token,
    holder: `${token}:${randomUUID()}`,
    clientId,
    deviceId: '',
    expiresAt: Date.now() + 60_000,
    ...(tag === undefined ? {} : { tag }),
  };
  return { session, resumes };
};
