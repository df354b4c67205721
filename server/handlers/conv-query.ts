import { encodeConversations, type ConversationInfo } from '../../codecs/index.js';
import { clientActor } from '../actor.js';
import { seenBy } from '../conversations/access.js';
import { Refusal } from '../refusal.js';
import { parseWhere, whereIds, type Where } from '../query/where.js';
import type { CommandOf, Handler } from './handler.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1_000;

/** Bits of `flag`. */
const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;

const project =
  (flag: number) =>
  ({ members, lastMessage, ...info }: ConversationInfo): ConversationInfo => ({
    ...info,
    ...((flag & COMPACT) === 0 && members !== undefined ? { members } : {}),
    ...((flag & WITH_LAST_MESSAGE) !== 0 && lastMessage !== undefined ? { lastMessage } : {}),
  });

const whereOf = ({ where, tempConvIds }: CommandOf<'conv', 'query'>['convMessage']): Where =>
  parseWhere(where === undefined && tempConvIds !== undefined ? JSON.stringify({ objectId: { $in: tempConvIds } }) : (where?.data ?? '{}'));

/** Conversations that a condition holds for: those of the client, and those that are open to everybody. Of others, whose id it knows, it sees that they exist. */
export const convQuery: Handler<CommandOf<'conv', 'query'>> = async ({ app, session }, { convMessage }) => {
  const actor = clientActor(session());
  const { flag = 0, skip = 0, limit = DEFAULT_LIMIT, sort } = convMessage;
  if (limit > MAX_LIMIT) throw new Refusal(4310, `a query gives at most ${MAX_LIMIT} conversations`);
  const where = whereOf(convMessage);
  const found = await app.store.find({
    where,
    ...(sort === undefined ? {} : { sort }),
    skip: Math.max(0, skip),
    limit: Math.max(0, limit),
    seen: seenBy(app, actor, whereIds(where) !== undefined),
  });
  return { answer: { cmd: 'conv', op: 'results', convMessage: { results: { data: encodeConversations(found.map(project(flag))) } } } };
};
