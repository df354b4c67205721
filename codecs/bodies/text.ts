import * as c from '../type.js';
import { defined } from '../defined.js';
import { JsonObject } from '../json.js';
import { record } from '../record.js';
import { messageType, type MessageType } from './message-type.js';

/** A text message (protocol: `_lctype` -1). */
export interface Text {
  readonly _tag: 'Text';
  readonly text: string;
  /** Attributes of the application (`_lcattrs`). */
  readonly attributes?: JsonObject;
}

const TextBody = record('Text', { _tag: c.literal('Text'), text: c.string }, { attributes: JsonObject });

const TextWire = record('TextBody', { _lctype: c.literal(-1), _lctext: c.string }, { _lcattrs: JsonObject });

/**
 * Makes the body of a text message. It is frozen.
 *
 * @example
 * conversation.send(text('Wake up, mouse!'));
 */
export const text = (content: string, attributes?: JsonObject): Text =>
  Object.freeze(defined({ _tag: 'Text' as const, text: content, attributes }));

/**
 * The type of text messages.
 *
 * @example
 * client.messages$.pipe(ofType(TextType)).subscribe(({ body }) => console.log(body.text));
 */
export const TextType: MessageType<Text> = messageType({
  type: -1,
  tag: 'Text',
  body: TextBody,
  wire: TextWire,
  toBody: ({ _lctext, _lcattrs }) => text(_lctext, _lcattrs),
  toWire: ({ text: content, attributes }) => defined({ _lctype: -1 as const, _lctext: content, _lcattrs: attributes }),
});

const HEAD = '{"_lctype":-1,"_lctext":"';
const TAIL = '"}';

/**
 * Reads the JSON of a message that has only a text: the most frequent one. `undefined`: it is another one, and the type
 * has to read it. The result is what the type makes of it.
 */
export const readBareText = (raw: string): Text | undefined => {
  // Nothing but the text can be between the quotes if there are no others.
  if (!raw.startsWith(HEAD) || raw.indexOf('"', HEAD.length) !== raw.length - TAIL.length || !raw.endsWith(TAIL))
    return undefined;
  try {
    return Object.freeze({ _tag: 'Text', text: JSON.parse(raw.slice(HEAD.length - 1, 1 - TAIL.length)) as string });
  } catch {
    return undefined;
  }
};
