/** What is looked at in a message's body. */
import { either as E } from 'fp-ts';
import { JsonObject, parseJson, type WireBody } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';

/** The body alone. */
export const bodyOf = ({ msg, binaryMsg }: WireBody): WireBody =>
  binaryMsg === undefined ? defined({ msg }) : { binaryMsg };

/** The message type's number, where the body is of a type. */
export const typeOf = (msg = ''): { readonly type?: number } => {
  // Only an object has a type; what is refused as JSON costs more than what is read.
  if (!msg.startsWith('{')) return {};
  const json = parseJson(msg);
  const type = E.isRight(json) && JsonObject.is(json.right) ? json.right['_lctype'] : undefined;
  return typeof type === 'number' ? { type } : {};
};
