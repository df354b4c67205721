import * as t from 'io-ts';
import { JsonObject } from '../json.js';
import { record } from '../primitives.js';
import { messageType, type MessageType } from './message-type.js';

/** A text message (protocol: `_lctype` -1). */
export interface Text {
  readonly _tag: 'Text';
  readonly text: string;
  /** What the application attaches (`_lcattrs`). */
  readonly attributes?: JsonObject;
}

const Wire = record('TextBody', { _lctype: t.literal(-1), _lctext: t.string }, { _lcattrs: JsonObject });

/**
 * The body of a text message, frozen.
 *
 * @example
 * conversation.send(text('Wake up, mouse!'));
 */
export const text = (content: string, attributes?: JsonObject): Text =>
  Object.freeze({ _tag: 'Text', text: content, ...(attributes === undefined ? {} : { attributes }) });

export const TextType: MessageType<Text> = messageType(
  'Text',
  -1,
  Wire,
  ({ _lctext, _lcattrs }) => text(_lctext, _lcattrs),
  ({ text: content, attributes }) => ({
    _lctype: -1 as const,
    _lctext: content,
    ...(attributes === undefined ? {} : { _lcattrs: attributes }),
  }),
);
