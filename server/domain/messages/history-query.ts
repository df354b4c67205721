/** Which page of history a client asks for. */
import { defined } from '../../../codecs/defined.js';
import type { ClientCommand } from '../../../codecs/index.js';
import type { Bound, HistoryQuery } from '../records.js';
import { Refusal } from '../refusal.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;
const TOWARDS_PRESENT = 2;

const bound = (timestamp: number | undefined, id: string | undefined, included = false): Bound | undefined => {
  if (timestamp !== undefined) return { timestamp, included, ...defined({ id }) };
  if (id !== undefined) throw new Refusal(4311, 'a message that bounds a page is named with its time');
  return undefined;
};

/** Reads `logs`. Refuses a query that can't be valid with 4311. */
export const historyQuery = (
  viewer: string,
  wire: Extract<ClientCommand, { cmd: 'logs' }>['logsMessage'],
): HistoryQuery => {
  const { cid, l: limit = DEFAULT_LIMIT, direction, lctype } = wire;
  if (limit < 0 || limit > MAX_LIMIT) throw new Refusal(4311, `a page has 0 to ${MAX_LIMIT} messages`);
  return {
    conversationId: cid,
    viewer,
    direction: direction === TOWARDS_PRESENT ? 'new' : 'old',
    limit,
    ...defined({
      from: bound(wire.t, wire.mid, wire.tIncluded),
      to: bound(wire.tt, wire.tmid, wire.ttIncluded),
      type: lctype,
    }),
  };
};
