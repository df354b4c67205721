import { clientActor } from '../actor.js';
import { results, searchOf } from '../domain/conversations/search.js';
import { compileRe2 } from '../re2.js';
import type { CommandOf, Handler } from './handler.js';

/** Finds the conversations that meet a condition. */
export const convQuery: Handler<CommandOf<'conv', 'query'>> = async ({ app, session }, { convMessage }) => {
  const length = { most: app.limits.answerBytes, bytesOf: (text: string) => Buffer.byteLength(text) };
  const search = searchOf(clientActor(session()), convMessage, { compile: compileRe2, isOpen: app.isOpen });
  return { answer: results(await app.store.find(search), convMessage, length) };
};
