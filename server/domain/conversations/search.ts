/** Queries of conversations, and their results. */
import { defined } from '../../../codecs/defined.js';
import { type ClientCommand, type ConversationInfo, type ServerCommand } from '../../../codecs/index.js';
import type { Party } from '../party.js';
import type { CompileRegex } from '../query/regex.js';
import { parseWhere, whereIds } from '../query/where.js';
import type { ConversationSearch, Standing } from '../records.js';
import { fitting } from '../cut.js';
import { forAllClients } from './for-all-clients.js';
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

/** How long an answer may be, and how long a text is, in bytes. */
export interface AnswerLength {
  readonly most: number;
  readonly bytesOf: (text: string) => number;
}

const anyLength: AnswerLength = { most: Infinity, bytesOf: () => 0 };

/**
 * The answer to a query: without members if it is compact, with the last messages if the query asks for them. If the
 * conversations are too long for one answer, it has the first ones and says how many. `standings`: how the client that
 * asks stands to the system conversations of which it is a member.
 */
export const results = (
  found: readonly ConversationInfo[],
  { flag = 0 }: Query,
  { most, bytesOf }: AnswerLength = anyLength,
  standings: ReadonlyMap<string, Standing> = new Map(),
): ServerCommand => {
  const texts: string[] = [];
  const asText = shown(flag);
  const sizes = function* (): Iterable<number> {
    for (const info of found) {
      const text = JSON.stringify(forAllClients(asText(info), standings.get(info.id)));
      texts.push(text);
      yield bytesOf(text);
    }
  };
  const count = fitting(sizes(), most);
  return {
    cmd: 'conv',
    op: 'results',
    convMessage: {
      results: { data: `[${texts.slice(0, count).join(',')}]` },
      ...defined({ limit: count < found.length ? count : undefined }),
    },
  };
};
