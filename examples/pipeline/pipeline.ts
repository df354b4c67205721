/** The pipeline: from the log of a conversation into the archive. Nothing is lost, nothing is stored twice. */
import { createRealtime, log, type LogEntry } from 'rx-realtime';
import { batch, consume, lossless } from 'rx-realtime/streams';
import {
  defer,
  filter,
  finalize,
  from,
  ignoreElements,
  interval,
  map,
  merge,
  pairwise,
  startWith,
  switchMap,
  tap,
  toArray,
} from 'rxjs';
import type { Observable } from 'rxjs';
import type { Archive } from './archive.js';
import { line, progress, type Sample } from './progress.js';
import { stages } from './stages.js';

export interface PipelineOptions {
  readonly server: string;
  readonly conversationId: string;
  readonly archive: Archive;
}

/** A new archive begins with the first message that there is. */
const BEGINNING = { timestamp: 0, id: '' };
/** Entries in one transaction. */
const BATCH = 200;
/** Entries that wait before the server has to. */
const WAITING = 1_000;

/** Messages that can't be had any more are no reason to go on silently. */
const refuseGaps = (entries: readonly LogEntry[]): void => {
  const gap = entries.find(({ _tag }) => _tag === 'Gap');
  if (gap?._tag === 'Gap') throw new Error(`messages after ${gap.from.id} are missing: ${gap.cause}`);
};

/** Cold: runs until it is unsubscribed from. Emits a line of progress each second. */
export const pipeline = ({ server, conversationId, archive }: PipelineOptions): Observable<string> =>
  defer(() => {
    const realtime = createRealtime({ appId: 'pipeline', server, catchUpLimit: Infinity });
    const total = archive.count();
    let sample: Sample = { at: Date.now(), stored: 0, reached: undefined, age: 0 };

    const store = (entries: readonly LogEntry[]): Observable<unknown> =>
      from(entries).pipe(
        stages(),
        toArray(),
        tap((rows) => {
          refuseGaps(entries);
          const last = entries.at(-1);
          if (last === undefined) return;
          archive.store(rows, last.position);
          const reached = last.position.timestamp;
          sample = { ...sample, stored: sample.stored + rows.length, reached, age: Math.max(0, Date.now() - reached) };
        }),
      );

    const stored$ = realtime.session('pipeline').pipe(
      switchMap((client) => log(client.conversation(conversationId), { since: archive.position() ?? BEGINNING })),
      lossless({ high: WAITING, hold: realtime.hold }),
      batch({ max: BATCH }),
      consume(store),
      ignoreElements(),
    );
    const lines$ = interval(1_000).pipe(
      map(() => ({ ...sample, at: Date.now() })),
      startWith(sample),
      pairwise(),
      filter(([, { reached }]) => reached !== undefined),
      map(([before, now]) => line(total + now.stored, progress(before, now))),
    );
    return merge(stored$, lines$).pipe(
      finalize(() => {
        realtime.close();
      }),
    );
  });
