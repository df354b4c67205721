/** How far the others in a conversation have received and read, asked for and kept. */
import { EMPTY, catchError, distinctUntilChanged, filter, map, merge, mergeMap, scan, startWith, switchMap, type Observable } from 'rxjs';
import { ConvMaxReadResult } from '../../../codecs/index.js';
import { shareLatest, withMemberReceipt, type ConversationEvent, type Receipts } from '../../../streams/index.js';
import { toRealtimeError, type RealtimeError } from '../../errors.js';
import type { Link } from '../link.js';

type Receipt = Extract<ConversationEvent, { _tag: 'Receipt' }>;

const receiptsOf = (conversationId: string, delivered: number | undefined, read: number | undefined, from?: string): readonly Receipt[] => {
  const entry = (kind: Receipt['kind'], at: number | undefined): readonly Receipt[] =>
    at === undefined ? [] : [{ _tag: 'Receipt', conversationId, kind, at, ...(from === undefined ? {} : { from }) }];
  return [...entry('delivered', delivered), ...entry('read', read)];
};

/** Cold: up to when the others together have received and read, as entries of the log; then completes (protocol: conv/max_read). */
export const fetchReceipts = (link: Link, conversationId: string): Observable<readonly Receipt[]> =>
  link
    .request({ cmd: 'conv', op: 'max_read', convMessage: { cid: conversationId } }, ConvMaxReadResult)
    .pipe(map(({ convMessage: { maxAckTimestamp, maxReadTimestamp } }) => receiptsOf(conversationId, maxAckTimestamp, maxReadTimestamp)));

const fetchMemberReceipts = (link: Link, conversationId: string): Observable<readonly Receipt[]> =>
  link
    .request({ cmd: 'conv', op: 'max_read', convMessage: { cid: conversationId, queryAllMembers: true } }, ConvMaxReadResult)
    .pipe(
      map(({ convMessage: { maxReadTuples = [] } }) =>
        maxReadTuples.flatMap(({ pid, maxAckTimestamp, maxReadTimestamp }) =>
          receiptsOf(conversationId, maxAckTimestamp, maxReadTimestamp, pid),
        ),
      ),
    );

export interface MemberReceiptsOptions {
  readonly link: Link;
  readonly conversationId: string;
  /** Whether the session is open; repeats nothing. */
  readonly open$: Observable<boolean>;
  /** The conversation's log. */
  readonly events$: Observable<ConversationEvent>;
  readonly onFailure: (error: RealtimeError) => void;
}

/**
 * How far each member has received and read, by client id: asked for with the first subscriber and again after each reconnect, and moved by the receipts of the log.
 * Shared, replays the current map; asks afresh after the last subscriber has left. Never errors; completes with the log.
 */
export const memberReceipts = ({
  link,
  conversationId,
  open$,
  events$,
  onFailure,
}: MemberReceiptsOptions): Observable<ReadonlyMap<string, Receipts>> => {
  const asked$ = open$.pipe(
    switchMap((open) =>
      open
        ? fetchMemberReceipts(link, conversationId).pipe(
            catchError((thrown: unknown) => {
              onFailure(toRealtimeError(thrown));
              return EMPTY;
            }),
          )
        : EMPTY,
    ),
    mergeMap((receipts) => receipts),
  );
  const live$ = events$.pipe(filter((event) => event._tag === 'Receipt'));
  const none: ReadonlyMap<string, Receipts> = new Map();
  return merge(asked$, live$).pipe(scan(withMemberReceipt, none), startWith(none), distinctUntilChanged(), shareLatest());
};
