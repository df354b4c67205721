import { clientActor } from '../actor.js';
import { asReader } from '../conversations/access.js';
import { historyQuery } from '../domain/messages/history-query.js';
import { logItem } from '../domain/messages/pushes.js';
import type { CommandOf, Handler } from './handler.js';

/** A page of history, oldest first, in both directions. */
export const logs: Handler<CommandOf<'logs'>> = async ({ app, session }, { logsMessage }) => {
  const reader = clientActor(session());
  const { cid } = logsMessage;
  await asReader(app, reader, cid, 4312);
  const messages = await app.store.history(historyQuery(reader.clientId, logsMessage));
  return { answer: { cmd: 'logs', logsMessage: { cid, logs: messages.map(logItem) } } };
};
