/** Writes everything that a store keeps, in the forms that an import reads. */
import { restForm } from '../messages/rest-form.js';
import type { MovingStore, StoredMessage } from '../store/store.js';
import type { JsonObject } from '../../codecs/index.js';
import { encodeConversation, encodeStanding } from './records.js';

/** Conversations of a page, and messages of a page. */
const CONVERSATIONS = 200;
const MESSAGES = 1_000;

/** All conversations, in the order of their ids. */
export const conversationsOf = async function* (store: MovingStore): AsyncGenerator<JsonObject> {
  let after: string | undefined;
  do {
    const page = await store.conversationPage(CONVERSATIONS, after);
    for (const conversation of page.conversations) yield encodeConversation(conversation);
    after = page.next;
  } while (after !== undefined);
};

/**
 * The roles of all members, in the order of the conversations, without those that a conversation's creator has by
 * itself.
 */
export const rolesOf = async function* (store: MovingStore): AsyncGenerator<JsonObject> {
  let after: string | undefined;
  do {
    const page = await store.conversationPage(CONVERSATIONS, after);
    for (const { id, creator } of page.conversations)
      for (const [clientId, role] of await store.roles(id))
        if (role !== 'Owner' || clientId !== creator) yield { cid: id, clientId, role };
    after = page.next;
  } while (after !== undefined);
};

const STANDINGS = 1_000;

/** What conversations keep of clients: lists, and how far they have read and received. */
export const standingsOf = async function* (store: MovingStore): AsyncGenerator<ReturnType<typeof encodeStanding>> {
  let after: string | undefined;
  do {
    const page = await store.conversationPage(CONVERSATIONS, after);
    for (const { id } of page.conversations) {
      let last: string | undefined;
      do {
        const part = await store.standingPage(id, STANDINGS, last);
        for (const standing of part.standings) yield encodeStanding(standing);
        last = part.next;
      } while (last !== undefined);
    }
    after = page.next;
  } while (after !== undefined);
};

const messagesIn = async function* (store: MovingStore, conversationId: string): AsyncGenerator<StoredMessage> {
  let last: StoredMessage | undefined;
  for (;;) {
    const page: readonly StoredMessage[] = await store.history({
      conversationId,
      direction: 'new',
      limit: MESSAGES,
      ...(last === undefined ? {} : { from: { timestamp: last.timestamp, id: last.id, included: false } }),
    });
    yield* page;
    last = page.at(-1);
    if (last === undefined || page.length < MESSAGES) return;
  }
};

/** All messages, one conversation after the other, oldest first. */
export const messagesOf = async function* (store: MovingStore): AsyncGenerator<Readonly<Record<string, unknown>>> {
  let after: string | undefined;
  do {
    const page = await store.conversationPage(CONVERSATIONS, after);
    for (const { id, kind } of page.conversations)
      for await (const message of messagesIn(store, id))
        yield { ...restForm(message, kind === 'room'), ...(message.receipt ? { receipt: true } : {}) };
    after = page.next;
  } while (after !== undefined);
};
