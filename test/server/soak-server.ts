/**
 * The server of `npm run soak:server`, in a process of its own, so that its memory and its event loop are measured
 * without the clients. It tells its parent where it listens, and then its figures, every half a second.
 */
import { createHistogram } from 'node:perf_hooks';
import { createServer, memoryStore } from '../../server/index.js';

/** What the parent is told. */
export type Told =
  | { readonly _tag: 'Listens'; readonly url: string; readonly system: string }
  | { readonly _tag: 'Figures'; readonly rss: number; readonly loopP99: number; readonly faults: readonly string[] };

const tell = (told: Told): void => {
  process.send?.(told);
};

const faults: string[] = [];
const note = (fault: unknown): void => {
  if (faults.length < 20) faults.push(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
};
process.on('unhandledRejection', note);
process.on('uncaughtException', note);

/** The time between two looks at the clock, ms. */
const STEP = 5;
const delay = createHistogram();
let seen = { at: performance.now(), cpu: process.cpuUsage() };
/**
 * How late the loop is, in µs. Other programs may take the processor, so no more counts than the process has worked in
 * this time.
 */
setInterval(() => {
  const { user, system: kernel } = process.cpuUsage(seen.cpu);
  const elapsed = 1_000 * (performance.now() - seen.at);
  delay.record(Math.max(1, Math.round(Math.min(elapsed, user + kernel) - 1_000 * STEP)));
  seen = { at: performance.now(), cpu: process.cpuUsage() };
}, STEP).unref();

const server = await createServer({
  // Few conversations and short histories: they are full soon, and the memory does not grow from then on.
  store: memoryStore({ historyMessages: 200, tokens: 20, notices: 200 }),
  limits: { createdConversations: 20, memberships: 200 },
  onError: note,
});
const { id: system } = await server.backEnd.create({ kind: 'system', name: 'News' });
tell({ _tag: 'Listens', url: server.url, system });

const figures = (): void => {
  tell({ _tag: 'Figures', rss: process.memoryUsage.rss(), loopP99: delay.percentile(99) / 1e3, faults });
};
const timer = setInterval(figures, 500);

process.on('message', () => {
  clearInterval(timer);
  void server.close().then(() => {
    figures();
    process.disconnect();
  });
});
