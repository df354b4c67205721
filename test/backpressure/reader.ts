/**
 * A process with a slow lossless consumer: `reader.ts <server> <count>`. Reports its progress and its memory with
 * messages. After the first message it takes nothing until it gets the order to continue, so the amount that has to
 * wait does not depend on the speed of the machine.
 */
import { AsyncSubject, Subject, interval, scan, switchMap, timer, type Subscription } from 'rxjs';
import { TextType, createRealtime, ofType } from '../../src/index.node.js';
import { batch, consume, lossless, type Pressure } from '../../streams/index.js';

const [server = '', wanted = ''] = process.argv.slice(2);
const count = Number(wanted);
/** How many items are worked on at the same time, and how long each takes, ms. */
const BATCH = 100;
const WORK = 5;
/** The source is held as long as the server needs to have enough waiting data. */
const MAX_PAUSE = 60_000;
const MB = 1_024 * 1_024;

/**
 * The memory that is in use, MB. What the collector has not taken yet does not count: how much that is depends on the
 * version of Node and on the load of the machine.
 */
const inUse = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MB;
};
const tell = (message: object): void => {
  process.send?.(message);
};

const realtime = createRealtime({ appId: 'app', server });
const pressure$ = new Subject<Pressure>();
const told$ = new AsyncSubject<unknown>();
process.once('message', (words) => {
  told$.next(words);
  told$.complete();
});
let paused = 0;
let most = 0;
pressure$.subscribe(({ paused: isPaused, queued }) => {
  if (isPaused) paused += 1;
  most = Math.max(most, queued);
});

realtime.login('reader').subscribe((client) => {
  let watching: Subscription | undefined;
  let idle = 0;
  let peak = 0;
  let next = 0;
  client.messages$
    .pipe(
      ofType(TextType),
      lossless({ high: 1_000, maxPause: MAX_PAUSE, hold: realtime.hold, pressureObserver: pressure$ }),
      batch({ max: BATCH }),
      consume((messages) => {
        for (const { body } of messages) {
          if (Number.parseInt(body.text, 10) !== next)
            throw new Error(`${body.text} came where ${String(next)} was due`);
          next += 1;
        }
        return watching === undefined ? timer(0) : told$.pipe(switchMap(() => timer(WORK)));
      }),
      scan((done) => done + 1, 0),
    )
    .subscribe({
      next: () => {
        // After the first message, all code is loaded.
        if (watching === undefined) {
          idle = inUse();
          watching = interval(100).subscribe(() => {
            peak = Math.max(peak, inUse());
          });
          tell({ _tag: 'Ready' });
        }
        if (next === count) {
          watching.unsubscribe();
          tell({ _tag: 'Done', received: next, idle, peak, paused, most });
        }
      },
      error: (error: unknown) => {
        tell({ _tag: 'Failed', reason: String(error) });
      },
    });
  tell({ _tag: 'Online' });
});
process.on('disconnect', () => process.exit());
