import { isRight } from '../either.js';
import { JsonObject, parseJson } from '../json.js';
import type { Body } from './body.js';

/** The caption (`_lctext`) of a body that could not be read as its type. */
const captionIn = (raw: string): string | undefined => {
  const json = parseJson(raw);
  const caption = isRight(json) && JsonObject.is(json.right) ? json.right['_lctext'] : undefined;
  return typeof caption === 'string' ? caption : undefined;
};

/**
 * The text of a body, for a list of conversations, a notification or a search: the text of a message, or the caption
 * of a file, a place or a message of any other type, also of an unknown one. `undefined` if there is none: show the
 * `_tag` in words of your own.
 *
 * @example client.messages$.subscribe(({ from, body }) => notify(from, textOf(body) ?? `[${body._tag}]`));
 */
export const textOf = (body: Body): string | undefined => {
  switch (body._tag) {
    case 'Plain':
      return body.content;
    case 'Unknown':
    case 'Invalid':
      return captionIn(body.raw);
    case 'Binary':
    case 'Recalled':
    case 'Signal':
      return undefined;
    default:
      return body.text;
  }
};
