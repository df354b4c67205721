/** Values of diagrams in a few words, for legends. */
import type { Body, ConversationInfo } from '../../codecs/index.js';
import type { ClientEvent, Membership, Message } from '../../streams/index.js';

const LONGEST = 72;

type Fields = Readonly<Record<string, unknown>>;

const isMessage = (value: object): value is Message =>
  'id' in value && 'timestamp' in value && 'from' in value && 'body' in value;
const isConversation = (value: object): value is ConversationInfo =>
  'id' in value && 'kind' in value && 'attributes' in value;
const isMatcher = (value: object): value is { readonly sample: unknown } =>
  'asymmetricMatch' in value && 'sample' in value;

/** Diagrams are about conversation `c` where they say nothing else. */
const inConversation = (id: string): string => (id === 'c' ? '' : ` in ${id}`);

/** Fixtures squeak; what says something else is worth a word. */
const bodyInWords = (body: Body): string => {
  switch (body._tag) {
    case 'Text':
      return body.text === 'squeak' ? '' : ` "${body.text}"`;
    case 'Plain':
      return `, Plain "${body.content}"`;
    case 'Recalled':
      return ', recalled';
    default:
      return `, ${body._tag}`;
  }
};

const messageInWords = ({
  id,
  timestamp,
  conversationId,
  from,
  body,
  transient,
  mentioned,
  editedAt,
}: Message): string =>
  [
    `Message ${id} of ${from}`,
    id.endsWith(String(timestamp)) ? '' : ` at ${timestamp}`,
    inConversation(conversationId),
    bodyInWords(body),
    transient ? ', transient' : '',
    mentioned ? ', mentioned' : '',
    editedAt === undefined ? '' : `, edited at ${editedAt}`,
  ].join('');

const conversationInWords = ({ id, kind, name, members }: ConversationInfo): string =>
  [
    `conversation ${id}`,
    name === undefined ? '' : ` "${name}"`,
    kind === 'ordinary' ? '' : `, ${kind}`,
    members === undefined ? '' : ` of ${members.join(', ')}`,
  ].join('');

const membershipInWords = ({ _tag, conversationId, members, by }: Membership): string =>
  `${_tag}${inConversation(conversationId)}: ${members.join(', ')}${by === undefined ? '' : ` by ${by}`}`;

/** What diagrams are full of: entries of a client's log. */
const entryInWords = (event: ClientEvent): string | undefined => {
  switch (event._tag) {
    case 'Message':
      return `${messageInWords(event.message)}${event.origin === 'live' ? '' : `, ${event.origin}`}`;
    case 'Edit':
    case 'Recall':
      return `${event._tag}: ${messageInWords(event.message)}`;
    case 'Gap':
      return `Gap${inConversation(event.conversationId)} from ${event.from.timestamp} to ${event.to}, ${event.cause}`;
    case 'Snapshot':
      return `Snapshot: ${conversationInWords(event.info)}`;
    case 'UnreadCounts':
      return `UnreadCounts: ${event.counts.map(({ conversationId, count, asOf }) => `${count}${inConversation(conversationId)} as of ${asOf}`).join(', ')}`;
    case 'ReadMark':
      return `ReadMark${inConversation(event.conversationId)} at ${event.at}`;
    case 'Receipt': {
      const { conversationId, kind, at, messageId, from } = event;
      const by = from === undefined ? '' : ` by ${from}`;
      return `Receipt${inConversation(conversationId)}: ${kind} at ${at}${by}${messageId === undefined ? '' : `, of message ${messageId}`}`;
    }
    case 'Joined':
    case 'Left':
    case 'Silenced':
    case 'Unsilenced':
    case 'Blocked':
    case 'Unblocked':
      return membershipInWords(event);
    case 'RoleChanged':
      return `RoleChanged: ${event.member} ${event.role}`;
    case 'Muted':
    case 'Unmuted':
      return `${event._tag} by ${event.by}`;
    case 'Attributes':
      return `Attributes${inConversation(event.conversationId)}: ${fieldsInWords(event.changed).join(', ')}`;
    case 'Outgoing':
      return `Outgoing ${event.token}: ${event.progress._tag}`;
    default:
      return undefined;
  }
};

const isEvent = (value: object): value is ClientEvent =>
  '_tag' in value && ('conversationId' in value || 'counts' in value);

/** `Scheduled: attempt 0, delay 1000`. */
const taggedInWords = (tag: string, fields: Fields): string => {
  const words = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (key === 'message' ? describe(value) : `${key} ${describe(value)}`));
  return words.length === 0 ? tag : `${tag}: ${words.join(', ')}`;
};

const fieldsInWords = (fields: object): readonly string[] =>
  Object.entries(fields).map(([key, field]) => `${key}: ${describe(field)}`);

const listed = (words: readonly string[]): string => (words.length === 0 ? '{}' : `{ ${words.join(', ')} }`);

const objectInWords = (value: object): string => {
  if (isMatcher(value)) return describe(value.sample);
  if (isMessage(value)) return messageInWords(value);
  if (isConversation(value)) return conversationInWords(value);
  const entry = isEvent(value) ? entryInWords(value) : undefined;
  if (entry !== undefined) return entry;
  if (value instanceof Map)
    return `Map ${listed([...value].map(([key, entry]) => `${String(key)}: ${describe(entry)}`))}`;
  if (value instanceof Set) return `Set ${listed([...value].map(describe))}`;
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  const { _tag, name: _name, message, cmd, op, ...fields } = value as Fields;
  if (typeof cmd === 'string') return taggedInWords(typeof op === 'string' ? `${cmd}/${op}` : cmd, fields);
  // The words of an error are long; its tag and fields say the same.
  if (typeof _tag === 'string')
    return taggedInWords(_tag, typeof message === 'object' ? { message, ...fields } : fields);
  if (value instanceof Error) return `Error "${value.message}"`;
  return listed(fieldsInWords(value));
};

const describe = (value: unknown): string => {
  if (value === '') return '(empty)';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? objectInWords(value) : String(value);
};

/** A value in words, cut where they get too many: `Message m11 of Jerry`, `Receipt: read at 30`. */
export const inWords = (value: unknown): string => {
  const words = describe(value);
  return words.length <= LONGEST ? words : `${words.slice(0, LONGEST - 1).trimEnd()}…`;
};
