/** Reads a message's body. */
import { either as E } from 'fp-ts';
import { JsonObject, parseJson, type WireBody } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';

/** The body, without the other fields of the object. */
export const bodyOf = ({ msg, binaryMsg }: WireBody): WireBody =>
  binaryMsg === undefined ? defined({ msg }) : { binaryMsg };

/** The number of the message type, if the body has one. */
export const typeOf = (msg = ''): { readonly type?: number } => {
  // Only an object can have a type. This check is cheap; a failing JSON.parse is slower than a successful one.
  if (!msg.startsWith('{')) return {};
  const json = parseJson(msg);
  const type = E.isRight(json) && JsonObject.is(json.right) ? json.right['_lctype'] : undefined;
  return typeof type === 'number' ? { type } : {};
};
