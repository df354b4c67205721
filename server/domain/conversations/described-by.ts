import { either as E, function as F } from 'fp-ts';
import { RawConversation, changedNumber, decodeAttributes, type ConversationInfo } from '../../../codecs/index.js';
import { Refusal } from '../refusal.js';
import { hasOperation, isDelete } from './attribute-edits.js';

type Described = Pick<ConversationInfo, 'name' | 'attributes'>;

/** Whether this key is free for an attribute or the name, so that reading the conversation gives it back. */
const isFree = ([key, value]: readonly [string, unknown]): boolean =>
  F.pipe(
    RawConversation.decode({ [key]: value, objectId: '' }),
    E.exists(({ name, attributes }) => Object.hasOwn(attributes, key) || name !== undefined),
  );

/**
 * Whether the key can be set in a conversation: the first part of a key with dots has to be free, and nothing can be
 * set inside a name.
 */
const isPossible = ([key, value]: readonly [string, unknown]): boolean => {
  const dot = key.indexOf('.');
  if (dot < 0) return isFree([key, value]);
  const first = key.slice(0, dot);
  return first !== 'name' && isFree([first, {}]);
};

/**
 * The changes of the name and the attributes. Dots lead into nested attributes. Attributes lie beside the protocol's
 * own keys, so those keys can't be attributes: a `tr` would turn the conversation into a chat room, and an `lm` that
 * is not a date would make it unreadable for everybody.
 */
export const changedBy = (data: string): Described => {
  const number = changedNumber(data);
  if (number !== undefined) throw new Refusal(4114, `attr: ${number.slice(0, 64)} would be rounded; send it as text`);
  const given = decodeAttributes(data);
  if (E.isLeft(given)) throw new Refusal(4114, `attr: ${given.left.message}`);
  const reserved = Object.entries(given.right).filter((entry) => !isPossible(entry));
  if (reserved.length > 0)
    // What can't be carried out is refused like any other operation.
    throw new Refusal(
      reserved.some(([, value]) => hasOperation(value) && !isDelete(value)) ? 4306 : 4301,
      `attr: the protocol has its own meaning for ${reserved.map(([key]) => key).join(', ')}`,
    );
  const { name, ...attributes } = given.right;
  return typeof name === 'string' ? { name, attributes } : { attributes: given.right };
};

/**
 * The name and the attributes of a new conversation. Keys with dots are refused: they would be stored with the dots,
 * and neither a query nor a change would find them.
 */
export const describedBy = (data: string): Described => {
  const described = changedBy(data);
  if (hasOperation(described.attributes))
    throw new Refusal(4306, 'attr: a new conversation has values, and no __op: there is nothing to change yet');
  const dotted = Object.keys(described.attributes).filter((key) => key.includes('.'));
  if (dotted.length > 0)
    throw new Refusal(
      4301,
      `attr: dots lead into nested attributes, of which a new conversation has none: ${dotted.join(', ')}`,
    );
  return described;
};
