/**
 * The socket's worker: it reads the room and keeps what waits, so that the page has its time for drawing. The page
 * asks for comments when it can show them; what has waited too long by then is dropped here.
 */
import { createRealtime, room, type Gap, type Message, type Room } from 'rx-realtime';
import { danmaku } from 'rx-realtime/streams';
import {
  EMPTY,
  Subject,
  expand,
  filter,
  interval,
  map,
  merge,
  mergeMap,
  repeat,
  retry,
  switchMap,
  take,
  tap,
  timer,
  type Observable,
} from 'rxjs';
import { PaidType, commentOf, maxAge, rankOf, type Comment } from './comments.js';
import type { ToPage, ToWorker } from './protocol.js';

const tell = (message: ToPage): void => {
  postMessage(message);
};
const PAGE = 100;
/** When to try again, ms. */
const AGAIN = 1_000;
/** If nobody has said anything for so long, the room was entered again in silence, ms. */
const QUIET = 10_000;

/** A room does not repeat what was said during a break. Gifts are fetched from its history; texts would be too late. */
const missedGifts = ({ history }: Room, { from }: Gap, first: Message | undefined): Observable<Comment> => {
  const after = (place: Message | number): Observable<readonly Message[]> =>
    history({
      ...{ after: place, type: PaidType, limit: PAGE, direction: 'forward' },
      ...(first === undefined ? {} : { before: first }),
    }).pipe(
      // The connection may be lost again.
      retry({ delay: AGAIN }),
    );
  return after(from.timestamp).pipe(
    expand((page) => (page.length < PAGE ? EMPTY : after(page.at(-1) ?? from.timestamp))),
    mergeMap((page) => page),
    map(commentOf),
    filter((comment) => comment !== undefined),
  );
};

const enter = (server: string, id: string): void => {
  const realtime = createRealtime({ appId: 'danmaku', server, messages: [PaidType] });
  const ready = new Subject<void>();
  let counts = { arrived: 0, paidArrived: 0, handed: 0 };
  /** What the page gets for one question. */
  let answer: Comment[] = [];

  realtime
    .session(`viewer-${crypto.randomUUID()}`)
    .pipe(
      map((client) => room(client, id)),
      switchMap((lobby) =>
        merge(
          lobby.messages$.pipe(
            map(commentOf),
            filter((comment) => comment !== undefined),
          ),
          lobby.events$.pipe(
            filter((event) => event._tag === 'Gap'),
            // The gap is told before the room is entered again: it ends with the first message that comes.
            switchMap((gap) =>
              merge(lobby.messages$, timer(QUIET).pipe(map(() => undefined))).pipe(
                take(1),
                mergeMap((first) => missedGifts(lobby, gap, first)),
              ),
            ),
          ),
          // After a break of half an hour the streams of a room complete: enter it again.
        ).pipe(repeat({ delay: AGAIN })),
      ),
      tap(({ kind }) => {
        counts = { ...counts, arrived: counts.arrived + 1, paidArrived: counts.paidArrived + Number(kind !== 'text') };
      }),
      danmaku({
        ready$: ready,
        rank: rankOf,
        max: 1,
        maxAge: maxAge.text,
        // The age of a gift begins later: so it may be older than a text.
        since: ({ kind, timestamp }) => timestamp + maxAge[kind] - maxAge.text,
        now: () => Date.now(),
      }),
    )
    .subscribe((comments) => answer.push(...comments));

  realtime.state$.subscribe((state) => {
    tell({ _tag: 'State', state });
  });
  interval(250).subscribe(() => {
    tell({ _tag: 'Counts', counts });
  });
  addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
    if (data._tag !== 'Want') return;
    answer = [];
    for (let n = 0; n < data.count; n += 1) ready.next();
    counts = { ...counts, handed: counts.handed + answer.length };
    tell({ _tag: 'Comments', comments: answer });
  });
};

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data._tag === 'Enter') enter(data.server, data.room);
});
