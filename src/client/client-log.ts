/** The log of a client: what is told is read, put in order, and what was missed is fetched. */
import type { ClientEvent } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import type { CatchUpOptions } from '../session/catch-up.js';
import type { ChangeMark } from '../session/change-mark.js';
import { gatheredLookUps } from '../session/gathered-look-ups.js';
import { createInbox } from '../session/inbox.js';
import type { MessageReader } from '../session/message-reader.js';
import { patiently } from '../session/patience.js';
import { readingInOrder, type Told } from '../session/read-in-order.js';
import type { Fault } from '../faults.js';
import type { ClientLimits } from '../limits.js';
import { asError } from '../thrown.js';
import type { ClientState } from './client-state.js';
import { messagesFrom } from './history/history.js';
import type { Link } from './link.js';
import { conversationsById, lookedUpOf } from './queries/conversations-by-id.js';

const PAGE_SIZE = 100;
const MAX_LOOKED_UP = 100;
const CATCH_UP_CONCURRENCY = 4;

/** How the missed messages of a conversation are fetched. */
export const catchUpBy = (
  link: Link,
  reader: MessageReader,
  { clock, catchUpLimit, report }: CatchUpBy,
): CatchUpOptions => {
  const pageSize = Math.max(1, Math.min(PAGE_SIZE, catchUpLimit));
  return {
    pageAfter: (id, after, same) => messagesFrom(link, reader, id, { after, same, pageSize }).pipe(patiently(clock)),
    pageSize,
    catchUpLimit,
    onFailure: (conversationId, error) => {
      report({ _tag: 'CatchUp', clientId: link.clientId, conversationId, error });
    },
  };
};

interface CatchUpBy {
  readonly clock: Clock;
  /** At most so many messages of a conversation are fetched after a break. */
  readonly catchUpLimit: number;
  readonly report: (fault: Fault) => void;
}

export interface ClientLogOptions {
  readonly link: Link;
  readonly reader: MessageReader;
  readonly clock: Clock;
  readonly catchUp: CatchUpOptions;
  readonly state: ClientState;
  /** The chat room that the client was in before the break. */
  readonly room: () => string | undefined;
  readonly changes: Pick<ChangeMark, 'passed'>;
  readonly limits: Required<ClientLimits>;
}

export interface TellingLog {
  /** The one way into the log. */
  readonly tell: (entry: Told) => void;
  /** Gives up what is under way. */
  readonly end: () => void;
}

/** Makes the log from what is told, and emits its entries. */
export const clientLog = (options: ClientLogOptions, emit: (event: ClientEvent) => void): TellingLog => {
  const { link, reader, clock, catchUp, state, room, changes, limits } = options;
  const failed = (thrown: unknown): void => {
    reader.report({ _tag: 'Internal', clientId: link.clientId, error: asError(thrown) });
  };
  const { take, end } = createInbox(
    {
      lookUp: gatheredLookUps({
        lookUp: (ids) => conversationsById(link, ids).pipe(patiently(clock)),
        part: lookedUpOf,
        size: MAX_LOOKED_UP,
      }),
      ...catchUp,
      clock,
      limits,
      onOverflow: (what, conversationId) => {
        reader.report({ _tag: 'Overflow', clientId: link.clientId, what, conversationId });
      },
      onBug: failed,
      self: link.clientId,
      known: state.conversations.get,
      room,
      changed: ({ id, editedAt = 0 }) => {
        changes.passed(id, editedAt);
      },
      concurrency: CATCH_UP_CONCURRENCY,
    },
    emit,
    state.cursors,
  );
  const [tell, stop] = readingInOrder(reader, limits, take);
  return {
    tell,
    end: () => {
      stop();
      end();
    },
  };
};
