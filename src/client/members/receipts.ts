/** Asks the server up to when the other members have received and read. */
import { map, type Observable } from 'rxjs';
import { ConvMaxReadResult } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import type { ConversationEvent } from '../../../streams/index.js';
import type { Link } from '../link.js';

export type Receipt = Extract<ConversationEvent, { _tag: 'Receipt' }>;

/** The entries of the log for the times that are given: two, one or none. */
export const receiptEntries = (
  conversationId: string,
  delivered: number | undefined,
  read: number | undefined,
  from?: string,
): readonly Receipt[] => {
  const entry = (kind: Receipt['kind'], at: number | undefined): readonly Receipt[] =>
    at === undefined ? [] : [{ _tag: 'Receipt', conversationId, kind, at, ...defined({ from }) }];
  return [...entry('delivered', delivered), ...entry('read', read)];
};

/**
 * Cold: up to when all other members have received and read, as entries of the log. Emits once, then completes
 * (protocol: conv/max_read).
 */
export const fetchReceipts = (link: Link, conversationId: string): Observable<readonly Receipt[]> =>
  link
    .request({ cmd: 'conv', op: 'max_read', convMessage: { cid: conversationId } }, ConvMaxReadResult)
    .pipe(
      map(({ convMessage: { maxAckTimestamp, maxReadTimestamp } }) =>
        receiptEntries(conversationId, maxAckTimestamp, maxReadTimestamp),
      ),
    );
