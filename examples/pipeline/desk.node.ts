/**
 * The other side, a process of its own: a server that keeps everything on the disk, and a news desk that broadcasts to
 * a system conversation. Its messages are numbered from 1 on, also over a restart, so that anybody can count them.
 */
import { once } from 'node:events';
import { createServer, openSqliteStore } from 'rx-realtime/server';
import { text } from 'rx-realtime/codecs';
import { defer, firstValueFrom, mergeMap, retry } from 'rxjs';
import { paced } from '../shared/paced.js';
import { phrases, pick } from '../shared/phrases.js';
import { stopped } from '../shared/stopped.js';

const [directory = 'data', rate = '100', backlog = '0'] = process.argv.slice(2);
// It ends with the pipeline's process, also if that one is killed.
const stopping = new AbortController();
const stop = Promise.race([stopped(), once(process, 'disconnect')]).then(() => {
  stopping.abort();
});

// The desk before this one may still be closing its store.
const store = await firstValueFrom(defer(() => openSqliteStore({ directory })).pipe(retry({ count: 20, delay: 500 })));
const server = await createServer({ appId: 'pipeline', store });
const desk = server.backEnd;
const [found] = await desk.find({ where: { name: 'News' }, kinds: ['system'] });
const { id } = found ?? (await desk.create({ kind: 'system', name: 'News' }));
await desk.addMembers(id, ['pipeline']);

const numberOf = (body: string): number => Number(/#(\d+)/.exec(body)?.[1] ?? 0);
const newest = await desk.history(id, { limit: 100 });
const last = Math.max(0, ...newest.map((message) => numberOf('msg' in message ? message.msg : '')));

const write = (n: number): Promise<unknown> =>
  desk.broadcast(id, { from: pick(phrases.people, n * 7), body: text(`${pick(phrases.lines, n * 5)} #${n}`) });

let next = last + 1;
for (const end = next + Number(backlog); next < end && !stopping.signal.aborted; next += 100)
  await Promise.all(Array.from({ length: Math.min(100, end - next) }, (_, index) => write(next + index)));
next = last + 1 + Number(backlog);

const writing = paced(() => Number(rate), next)
  .pipe(mergeMap(write))
  .subscribe();
// Nobody may be there any more.
process.send?.({ server: server.url, conversationId: id }, undefined, undefined, () => undefined);
await stop;
writing.unsubscribe();
await server.close();
if (process.connected) process.disconnect();
