import { either as E, function as F } from 'fp-ts';
import { Conversation, decodeAttributes, type ConversationInfo } from '../../codecs/index.js';
import { Refusal } from '../refusal.js';

/** Whether a conversation with this key would be read as having the attribute, or the name. */
const isFree = ([key, value]: readonly [string, unknown]): boolean =>
  F.pipe(
    Conversation.decode({ [key]: value, objectId: '' }),
    E.exists(({ name, attributes }) => Object.hasOwn(attributes, key) || name !== undefined),
  );

/**
 * The name and the attributes. They lie beside the protocol's own keys, which therefore can't be attributes: a `tr` would make a chat room of
 * the conversation, and an `lm` that is no date would make it unreadable for everybody.
 */
export const describedBy = (data: string): Pick<ConversationInfo, 'name' | 'attributes'> => {
  const given = decodeAttributes(data);
  if (E.isLeft(given)) throw new Refusal(4114, `attr: ${given.left.message}`);
  const reserved = Object.entries(given.right).filter((entry) => !isFree(entry));
  if (reserved.length > 0) throw new Refusal(4301, `attr: the protocol has its own meaning for ${reserved.map(([key]) => key).join(', ')}`);
  const { name, ...attributes } = given.right;
  return typeof name === 'string' ? { name, attributes } : { attributes: given.right };
};
