import { clientActor } from '../actor.js';
import { isOutline } from '../domain/conversations/access.js';
import { results, searchOf } from '../domain/conversations/search.js';
import { compileRe2 } from '../re2.js';
import type { CommandOf, Handler } from './handler.js';

/** Finds the conversations that meet a condition. */
export const convQuery: Handler<CommandOf<'conv', 'query'>> = async ({ app, session }, { convMessage }) => {
  const length = { most: app.limits.answerBytes, bytesOf: (text: string) => Buffer.byteLength(text) };
  const asking = session();
  const search = searchOf(clientActor(asking), convMessage, { compile: compileRe2, isOpen: app.isShown });
  const found = await app.store.find(search);
  asking.outlined(found.filter(isOutline).map(({ id }) => id));
  return { answer: results(found, convMessage, length) };
};
