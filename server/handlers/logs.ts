import type { LogItem } from '../../codecs/index.js';
import { clientActor } from '../actor.js';
import { asReader } from '../conversations/access.js';
import { Refusal } from '../refusal.js';
import type { Bound, HistoryQuery, StoredMessage } from '../store/store.js';
import type { CommandOf, Handler } from './handler.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;
const TOWARDS_PRESENT = 2;

const bound = (timestamp: number | undefined, id: string | undefined, included: boolean | undefined): Bound | undefined => {
  if (timestamp === undefined) {
    if (id !== undefined) throw new Refusal(4311, 'a message that bounds a page is named with its time');
    return undefined;
  }
  return { timestamp, ...(id === undefined ? {} : { id }), included: included === true };
};

const item = ({ id, timestamp, editedAt, from, mentions, mentionsAll, msg, binaryMsg, deliveredAt, readAt }: StoredMessage): LogItem => ({
  msgId: id,
  timestamp,
  from,
  ...(editedAt === undefined ? {} : { patchTimestamp: editedAt }),
  ...(msg === undefined ? {} : { data: msg }),
  ...(binaryMsg === undefined ? {} : { data: Buffer.from(binaryMsg).toString('base64'), bin: true }),
  ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
  ...(mentionsAll ? { mentionAll: true } : {}),
  ...(deliveredAt === undefined ? {} : { ackAt: deliveredAt }),
  ...(readAt === undefined ? {} : { readAt }),
});

/** A page of history, oldest first, whichever way it was asked for. */
export const logs: Handler<CommandOf<'logs'>> = async ({ app, session }, { logsMessage: wire }) => {
  const reader = clientActor(session());
  await asReader(app, reader, wire.cid, 4312);
  const limit = wire.l ?? DEFAULT_LIMIT;
  if (limit < 1 || limit > MAX_LIMIT) throw new Refusal(4311, `a page has 1 to ${MAX_LIMIT} messages`);

  const from = bound(wire.t, wire.mid, wire.tIncluded);
  const to = bound(wire.tt, wire.tmid, wire.ttIncluded);
  const query: HistoryQuery = {
    conversationId: wire.cid,
    viewer: reader.clientId,
    direction: wire.direction === TOWARDS_PRESENT ? 'new' : 'old',
    limit,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(wire.lctype === undefined ? {} : { type: wire.lctype }),
  };
  const messages = await app.store.history(query);
  return { answer: { cmd: 'logs', logsMessage: { cid: wire.cid, logs: messages.map(item) } } };
};
