/**
 * `npm run example:danmaku`: a server with a chat room, an audience that talks, and the page. `-- --audience flood`
 * begins with another audience.
 */
import { createServer } from 'rx-realtime/server';
import { text } from 'rx-realtime/codecs';
import { parseArgs } from 'node:util';
import { mergeMap } from 'rxjs';
import { paced } from '../shared/paced.js';
import { phrases, pick } from '../shared/phrases.js';
import { serveSite } from '../shared/site.js';
import { stopped } from '../shared/stopped.js';
import { audiences, isAudience, type Audience } from './audience.js';
import { PAID } from './comments.js';

/** Of so many comments, one is a gift, and one a superchat. */
const GIFT = 45;
const SUPERCHAT = 100;
/** Priorities of the protocol: a busy room drops low ones first, and high ones never. */
const [HIGH, LOW] = [1, 3] as const;

const stop = stopped();
const server = await createServer({ appId: 'danmaku', onError: console.error });
const { id } = await server.backEnd.create({ kind: 'room', name: 'Live' });
const { values } = parseArgs({ options: { audience: { type: 'string', default: 'bursts' } } });
let audience: Audience = isAudience(values.audience) ? values.audience : 'bursts';
const sent = { text: 0, gift: 0, superchat: 0 };

const say = (n: number): Promise<unknown> => {
  const from = pick(phrases.people, n * 7);
  const kind = n % SUPERCHAT === SUPERCHAT - 1 ? 'superchat' : n % GIFT === GIFT - 1 ? 'gift' : 'text';
  sent[kind] += 1;
  if (kind === 'text')
    return server.backEnd.send(id, { from, priority: LOW, body: text(pick(phrases.lines, n * 5 + (n >> 4))) });
  // The back end writes the JSON of a type of its own by itself.
  const words = kind === 'gift' ? `♥ × ${1 + (n % 9)}` : pick(phrases.thanks, Math.floor(n / SUPERCHAT));
  return server.backEnd.send(id, { from, priority: HIGH, body: JSON.stringify({ _lctype: PAID, kind, text: words }) });
};
const talking = paced((elapsed) => audiences[audience](elapsed))
  .pipe(mergeMap(say))
  .subscribe();

const site = await serveSite({
  folder: new URL('site/', import.meta.url),
  port: Number(process.env['PORT'] ?? 0),
  routes: {
    'GET /config.json': () => ({ server: server.url, room: id }),
    'GET /sent.json': () => sent,
    'POST /kind': (name) => {
      if (!isAudience(name)) throw new Error(`no audience ${name}`);
      audience = name;
    },
  },
});
console.log(`Open ${site.url}   (Ctrl-C stops)`);
await stop;
talking.unsubscribe();
site.close();
await server.close();
