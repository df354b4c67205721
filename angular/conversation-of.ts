import { computed, type Signal } from '@angular/core';
import type { Client, Conversation } from 'rx-realtime';
import { nothing, valueOr } from './value-or.js';

/** The id of a conversation, or a function (a signal) of it. */
export type ConversationId = string | (() => string | null | undefined);

/** The handle of a conversation of the user who is logged in. Undefined without a user or an id. */
export const conversationOf = (
  client: Signal<Client | undefined>,
  id: ConversationId,
): Signal<Conversation | undefined> =>
  computed(() => {
    const current = client();
    const known = (typeof id === 'function' ? valueOr(id, nothing) : id) ?? '';
    return known === '' ? undefined : current?.conversation(known);
  });
