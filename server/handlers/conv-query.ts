import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { JsonObject, encodeConversations, parseJson, type ConversationInfo } from '../../codecs/index.js';
import { Refusal } from '../refusal.js';
import type { CommandOf, Handler } from './handler.js';

const Ids = t.union([t.string, t.type({ $in: t.array(t.string) })], 'a conversation id, or { "$in": [ids] }');
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1_000;

/** Bits of `flag`. */
const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;

const idsOf = (data: string | undefined): readonly string[] => {
  const where = parseJson(data ?? '{}');
  if (E.isLeft(where) || !JsonObject.is(where.right)) throw new Refusal(4310, 'where is not a JSON object');
  const others = Object.keys(where.right).filter((key) => key !== 'objectId');
  if (others.length > 0) throw new Refusal(4310, `this server finds conversations by objectId only, not by ${others.join(', ')}`);
  const { objectId } = where.right;
  if (!Ids.is(objectId)) throw new Refusal(4310, `objectId should be ${Ids.name}`);
  return typeof objectId === 'string' ? [objectId] : objectId.$in;
};

const project = ({ members, lastMessage, ...info }: ConversationInfo, flag: number): ConversationInfo => ({
  ...info,
  ...(members === undefined || (flag & COMPACT) !== 0 ? {} : { members }),
  ...(lastMessage === undefined || (flag & WITH_LAST_MESSAGE) === 0 ? {} : { lastMessage }),
});

/** Conversations by id; only the client's own, the others are as if they were not there. */
export const convQuery: Handler<CommandOf<'conv', 'query'>> = async ({ app, session }, { convMessage }) => {
  const { clientId } = session();
  const { where, flag = 0, skip = 0, limit = DEFAULT_LIMIT } = convMessage;
  const found = await app.store.conversations([...new Set(idsOf(where?.data))]);
  const own = found.filter(({ members = [] }) => members.includes(clientId));
  const page = own.slice(Math.max(0, skip), Math.max(0, skip) + Math.min(Math.max(0, limit), MAX_LIMIT));
  return {
    answer: {
      cmd: 'conv',
      op: 'results',
      convMessage: { results: { data: encodeConversations(page.map((info) => project(info, flag))) } },
    },
  };
};
