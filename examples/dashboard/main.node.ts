/** `npm run example:dashboard`: a server with eight busy conversations, a team that comes and goes, and the page. */
import { createRealtime } from 'rx-realtime';
import { createServer, type ServerStats } from 'rx-realtime/server';
import { text } from 'rx-realtime/codecs';
import { Subscription, interval, mergeMap, type Unsubscribable } from 'rxjs';
import { paced } from '../shared/paced.js';
import { phrases, pick } from '../shared/phrases.js';
import { serveSite } from '../shared/site.js';
import { stopped } from '../shared/stopped.js';

const NAMES = ['Payments', 'Shipping', 'Login', 'Returns', 'Refunds', 'Accounts', 'Mobile app', 'Press'];
/** How the messages are shared out: the first conversation has most. */
const SHARES = NAMES.flatMap((_, index) => Array.from({ length: NAMES.length - index }, () => index));
const MOST = 10_000;

const stop = stopped();
const server = await createServer({ appId: 'dashboard', onError: console.error });
const ids = await Promise.all(
  NAMES.map(async (name) => (await server.backEnd.create({ name, members: ['watcher'] })).id),
);

let perSecond = 50;
const say = (n: number): Promise<unknown> =>
  server.backEnd.send(ids[SHARES[(n * 11) % SHARES.length] ?? 0] ?? '', {
    // A few people say more than the others.
    from: pick(phrases.people, (n * n) % 37),
    body: text(pick(phrases.lines, n)),
    transient: true,
  });
const subscriptions = new Subscription();
// It swells and ebbs away, as days do.
const swell = (elapsed: number): number => 1 + 0.25 * Math.sin(elapsed / 9_000);
subscriptions.add(
  paced((elapsed) => perSecond * swell(elapsed))
    .pipe(mergeMap(say))
    .subscribe(),
);

/** The team: they share one connection. */
const online = new Map<string, Unsubscribable>();
const team = createRealtime({ appId: 'dashboard', server: server.url, grace: 0 });
const comeOrGo = (name: string): void => {
  const session = online.get(name);
  session?.unsubscribe();
  if (session === undefined) online.set(name, team.session(name).subscribe());
  else online.delete(name);
};
phrases.people.slice(0, 8).forEach(comeOrGo);
subscriptions.add(
  interval(5_000).subscribe((n) => {
    comeOrGo(pick(phrases.people, n * 5));
  }),
);

let stats: ServerStats | undefined;
subscriptions.add(server.stats$.subscribe((latest) => (stats = latest)));

const site = await serveSite({
  folder: new URL('site/', import.meta.url),
  port: Number(process.env['PORT'] ?? 0),
  routes: {
    'GET /config.json': () => ({
      server: server.url,
      team: phrases.people,
      conversations: Object.fromEntries(ids.map((id, index) => [id, NAMES[index]])),
    }),
    'GET /stats.json': () => ({
      sessions: stats?.sessions ?? 0,
      bufferedBytes: stats?.bufferedBytes ?? 0,
      rssBytes: process.memoryUsage.rss(),
      uptime: process.uptime(),
    }),
    'POST /load': (wanted) => {
      perSecond = Math.min(MOST, Math.max(0, Number(wanted) || 0));
    },
  },
});
console.log(`Open ${site.url}   (Ctrl-C stops)`);
await stop;
subscriptions.unsubscribe();
team.close();
site.close();
await server.close();
