/** Queries of conversations, and their results. */
import { defined } from '../../../codecs/defined.js';
import {
  encodeConversations,
  type ClientCommand,
  type ConversationInfo,
  type ServerCommand,
} from '../../../codecs/index.js';
import type { Party } from '../party.js';
import type { CompileRegex } from '../query/regex.js';
import { parseWhere, whereIds } from '../query/where.js';
import type { ConversationSearch } from '../records.js';
import { Refusal } from '../refusal.js';
import { noneIsOpen, seenBy, type IsOpen } from './access.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 1_000;

/** Bits of `flag`. */
const COMPACT = 1;
const WITH_LAST_MESSAGE = 2;

type Query = Extract<ClientCommand, { cmd: 'conv'; op: 'query' }>['convMessage'];

/**
 * The search of a query. It finds the client's conversations and those that are open to everybody. For other
 * conversations whose id the client knows, the result only shows that they exist.
 */
export const searchOf = (
  party: Party,
  { where: wanted, tempConvIds, sort, skip = 0, limit = DEFAULT_LIMIT }: Query,
  { compile, isOpen }: { readonly compile: CompileRegex; readonly isOpen: IsOpen },
): ConversationSearch => {
  if (limit > MAX_LIMIT) throw new Refusal(4310, `a query gives at most ${MAX_LIMIT} conversations`);
  const json = wanted?.data ?? (tempConvIds === undefined ? '{}' : JSON.stringify({ objectId: { $in: tempConvIds } }));
  const where = parseWhere(json, compile);
  return {
    where,
    ...defined({ sort }),
    skip: Math.max(0, skip),
    limit: Math.max(0, limit),
    seen: seenBy(party, whereIds(where) !== undefined, isOpen),
    ...defined({
      viewer:
        party.clientId === undefined || party.isBackEnd
          ? undefined
          : { clientId: party.clientId, seesOrdinary: isOpen !== noneIsOpen },
    }),
  };
};

const shown =
  (flag: number) =>
  ({ members, lastMessage, ...info }: ConversationInfo): ConversationInfo => ({
    ...info,
    ...defined({
      members: (flag & COMPACT) === 0 ? members : undefined,
      lastMessage: (flag & WITH_LAST_MESSAGE) === 0 ? undefined : lastMessage,
    }),
  });

/** The answer to a query: without members if it is compact, with the last messages if the query asks for them. */
export const results = (found: readonly ConversationInfo[], { flag = 0 }: Query): ServerCommand => ({
  cmd: 'conv',
  op: 'results',
  convMessage: { results: { data: encodeConversations(found.map(shown(flag))) } },
});
