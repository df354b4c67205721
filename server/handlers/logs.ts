import { clientActor } from '../actor.js';
import { asReader } from '../conversations/access.js';
import { historyQuery } from '../domain/messages/history-query.js';
import { fitting } from '../domain/cut.js';
import { messageBytes } from '../messages/body.js';
import { logItem } from '../domain/messages/pushes.js';
import type { CommandOf, Handler } from './handler.js';

/**
 * A page of history, oldest first, in both directions. A page that is too long for one answer is cut at the end that is
 * further away, and says how many messages it has.
 */
export const logs: Handler<CommandOf<'logs'>> = async ({ app, session }, { logsMessage }) => {
  const reader = clientActor(session());
  const { cid } = logsMessage;
  const { kind } = await asReader(app, reader, cid, 4312);
  const query = historyQuery(reader.clientId, logsMessage);
  const messages = await app.store.history(query);
  const nearest = query.direction === 'old' ? messages.toReversed() : messages;
  const count = fitting(nearest.map(messageBytes), app.limits.answerBytes);
  const isCut = count < messages.length;
  const page = nearest.slice(0, count).map((message) => logItem(message, kind));
  return {
    answer: {
      cmd: 'logs',
      logsMessage: { cid, logs: query.direction === 'old' ? page.reverse() : page, ...(isCut ? { l: count } : {}) },
    },
  };
};
