import { encodeConversations, type ConversationInfo } from '../../codecs/index.js';
import { idsOf } from './conversation-filter.js';
import { orderOf } from './conversation-order.js';
import type { CommandOf, Handler } from './handler.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1_000;

/** Bits of `flag`. */
const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;

/** What this client gets to see: the last message, like all of the history, is for members. */
const project =
  (flag: number, clientId: string) =>
  ({ members = [], lastMessage, ...info }: ConversationInfo): ConversationInfo => ({
    ...info,
    ...((flag & COMPACT) === 0 ? { members } : {}),
    ...((flag & WITH_LAST_MESSAGE) !== 0 && lastMessage !== undefined && members.includes(clientId) ? { lastMessage } : {}),
  });

/**
 * Conversations by id. Whoever is logged in can see one whose id he knows, since clients fetch a conversation before they join it, and after
 * they have left. No temporary ones are kept, so that none is found.
 */
export const convQuery: Handler<CommandOf<'conv', 'query'>> = async ({ app, session }, { convMessage }) => {
  const { clientId } = session();
  const { where, tempConvIds, flag = 0, skip = 0, limit = DEFAULT_LIMIT, sort } = convMessage;
  const ids = where === undefined && tempConvIds !== undefined ? [] : idsOf(where?.data ?? '{}');
  const found = await app.store.conversations(ids);
  const sorted = sort === undefined ? found : found.toSorted(orderOf(sort).compare);
  const start = Math.max(0, skip);
  const page = sorted.slice(start, start + Math.min(Math.max(0, limit), MAX_LIMIT));
  const data = encodeConversations(page.map(project(flag, clientId)));
  return { answer: { cmd: 'conv', op: 'results', convMessage: { results: { data } } } };
};
