import { either as E, function as F } from 'fp-ts';
import { RawConversation, decodeAttributes, type ConversationInfo } from '../../../codecs/index.js';
import { Refusal } from '../refusal.js';

type Described = Pick<ConversationInfo, 'name' | 'attributes'>;

/** Whether a conversation with this key would be read as having the attribute, or the name. */
const isFree = ([key, value]: readonly [string, unknown]): boolean =>
  F.pipe(
    RawConversation.decode({ [key]: value, objectId: '' }),
    E.exists(({ name, attributes }) => Object.hasOwn(attributes, key) || name !== undefined),
  );

/**
 * Whether a conversation has room for it: a key with dots needs a place by its first part, and nothing lies inside of
 * a name.
 */
const isPossible = ([key, value]: readonly [string, unknown]): boolean => {
  const dot = key.indexOf('.');
  if (dot < 0) return isFree([key, value]);
  const first = key.slice(0, dot);
  return first !== 'name' && isFree([first, {}]);
};

/**
 * What changes of the name and the attributes; dots lead into nested ones. They lie beside the protocol's own keys,
 * which therefore can't be attributes: a `tr` would make a chat room of the conversation, and an `lm` that is no date
 * would make it unreadable for everybody.
 */
export const changedBy = (data: string): Described => {
  const given = decodeAttributes(data);
  if (E.isLeft(given)) throw new Refusal(4114, `attr: ${given.left.message}`);
  const reserved = Object.entries(given.right).filter((entry) => !isPossible(entry));
  if (reserved.length > 0)
    throw new Refusal(4301, `attr: the protocol has its own meaning for ${reserved.map(([key]) => key).join(', ')}`);
  const { name, ...attributes } = given.right;
  return typeof name === 'string' ? { name, attributes } : { attributes: given.right };
};

/**
 * The name and the attributes of a new conversation: a key with dots would lie there as it is, where neither a query
 * nor a change finds it.
 */
export const describedBy = (data: string): Described => {
  const described = changedBy(data);
  const dotted = Object.keys(described.attributes).filter((key) => key.includes('.'));
  if (dotted.length > 0)
    throw new Refusal(
      4301,
      `attr: dots lead into nested attributes, of which a new conversation has none: ${dotted.join(', ')}`,
    );
  return described;
};
