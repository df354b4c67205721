/** Up to when each member of a conversation has received and read. */
import { filter, map, merge, mergeMap, scan, type Observable } from 'rxjs';
import { ConvMaxReadResult } from '../../../codecs/index.js';
import { withMemberReceipt, type Receipts } from '../../../streams/index.js';
import { askWhileOpen } from '../ask-while-open.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { failing, ofConversation, type ConversationInternals } from '../internals.js';
import type { Link } from '../link.js';
import { sharedByConversation } from '../shared-by-conversation.js';
import { receiptEntries, type Receipt } from './receipts.js';

const fetchMemberReceipts = (link: Link, conversationId: string): Observable<readonly Receipt[]> =>
  link
    .request(
      { cmd: 'conv', op: 'max_read', convMessage: { cid: conversationId, queryAllMembers: true } },
      ConvMaxReadResult,
    )
    .pipe(
      map(({ convMessage: { maxReadTuples = [] } }) =>
        maxReadTuples.flatMap(({ pid, maxAckTimestamp, maxReadTimestamp }) =>
          receiptEntries(conversationId, maxAckTimestamp, maxReadTimestamp, pid),
        ),
      ),
    );

const none: ReadonlyMap<string, Receipts> = new Map();

const asked = ({ client, id, events$ }: ConversationInternals): Observable<ReadonlyMap<string, Receipts>> => {
  const asked$ = client.open$.pipe(
    askWhileOpen(() => fetchMemberReceipts(client.link, id), failing(client, id)),
    mergeMap((receipts) => receipts),
  );
  const live$ = events$.pipe(filter((event) => event._tag === 'Receipt'));
  return merge(asked$, live$).pipe(scan(withMemberReceipt, none));
};

const shared = sharedByConversation(none, asked);

/**
 * Up to when each other member has received and read, by client id; the times are in ms since 1970 by the server's
 * clock. Shared; replays the current map. The server is asked with the first subscription and after each reconnect.
 * Receipts that arrive move the map, which happens only in conversations of two members. Never errors for a
 * conversation of this package. When the client ends, it emits an empty map and completes.
 *
 * @example memberReceipts(conversation).subscribe((receipts) => render(receipts.get('Jerry')?.readAt));
 */
export const memberReceipts = (conversation: Conversation | Room): Observable<ReadonlyMap<string, Receipts>> =>
  ofConversation(conversation, shared);
