import { clientActor } from '../actor.js';
import { results, searchOf } from '../domain/conversations/search.js';
import { compileRe2 } from '../re2.js';
import type { CommandOf, Handler } from './handler.js';

/** Finds the conversations that meet a condition. */
export const convQuery: Handler<CommandOf<'conv', 'query'>> = async ({ app, session }, { convMessage }) => {
  const length = { most: app.limits.answerBytes, bytesOf: (text: string) => Buffer.byteLength(text) };
  const actor = clientActor(session());
  const search = searchOf(actor, convMessage, { compile: compileRe2, isOpen: app.isOpen });
  const found = await app.store.find(search);
  const subscribed = found.flatMap(({ id, kind }) => (kind === 'system' ? [id] : []));
  const standings = subscribed.length === 0 ? undefined : await app.store.standings?.(actor.clientId, subscribed);
  return { answer: results(found, convMessage, length, standings) };
};
