/**
 * What the clients of all platforms need of a conversation, beside what it is. Each field names the SDK that can't do
 * without it.
 */
import { defined } from '../../../codecs/defined.js';
import {
  RawConversation,
  type ConversationInfo,
  type ConversationKind,
  type JsonObject,
} from '../../../codecs/index.js';
import type { Standing } from '../records.js';

/** The kinds of conversations as numbers (protocol: `convType`). */
const NUMBERS: Readonly<Record<ConversationKind, number>> = { ordinary: 1, room: 2, system: 3, temporary: 4 };

/** Java takes the class of a message's conversation from this. */
export const convTypeOf = (kind: ConversationKind | undefined): { readonly convType?: number } =>
  kind === undefined ? {} : { convType: NUMBERS[kind] };

/**
 * The id that the members of a unique conversation share: the id of the conversation itself. It stays, also if members
 * come and go. Swift, Java, C# and Objective-C take a conversation for unique by it.
 */
export const uniqueIdOf = ({ id, unique }: ConversationInfo): string | undefined => (unique === true ? id : undefined);

const isoOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** Swift: how the client that asks stands to a system conversation, whose subscribers are not shown. */
const standingIn = ({ kind }: ConversationInfo, standing: Standing | undefined): JsonObject =>
  kind === 'system'
    ? defined({ joined: standing !== undefined, joinedAt: standing?.joinedAt, muted: standing?.muted === true })
    : {};

/** Java knows a temporary conversation by the first of these, C# by the others. */
const temporary = ({ kind, ttl }: ConversationInfo): JsonObject =>
  kind === 'temporary' ? { temp: true, tempConv: true, ...defined({ tempConvTTL: ttl }) } : {};

/** A conversation as the answer to a query has it. `standing`: of the client that asks, if it is a member. */
export const forAllClients = (info: ConversationInfo, standing?: Standing): JsonObject => ({
  // C# reads no text of a last message without it.
  ...(info.lastMessage?.msg === undefined ? {} : { bin: false }),
  ...RawConversation.encode(info),
  ...defined({
    // Java fails where these are objects, and Swift reads nothing. The time of the last message stays an object.
    createdAt: isoOf(info.createdAt),
    updatedAt: isoOf(info.updatedAt),
    // Swift.
    conv_type: NUMBERS[info.kind],
    uniqueId: uniqueIdOf(info),
  }),
  ...temporary(info),
  ...standingIn(info, standing),
});
