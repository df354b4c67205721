/** A server whose disk is full when its parent says so. */
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, openSqliteStore } from 'rx-realtime/server';

const [place = ''] = process.argv.slice(2);
const directory = join(place, 'data');
const ballast = join(place, 'ballast');

const say = (said: unknown): void => {
  process.send?.(said);
};

/** Writes until nothing more can be written. */
const fill = (): void => {
  const file = openSync(ballast, 'w');
  for (let size = 65_536; size >= 1;)
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 2);
    }
  closeSync(file);
};

let failures = 0;
const store = await openSqliteStore({ directory });
const server = await createServer({
  port: 0,
  store,
  onError: () => {
    failures += 1;
  },
});
process.on('message', (asked) => {
  if (asked === 'fill') fill();
  else if (asked === 'free') rmSync(ballast);
  say(asked);
});
say(server.url);

let [asked] = (await once(process, 'message')) as unknown[];
while (asked !== 'end') [asked] = (await once(process, 'message')) as unknown[];
await server.close();

// It reads everything that is there.
const again = await openSqliteStore({ directory, checkIntegrity: true });
const [conversation] = (await again.conversationPage(1)).conversations;
const history = await again.history({ conversationId: conversation?.id ?? '', direction: 'new', limit: Infinity });
await again.close();
say({ failures, ids: history.map(({ id }) => id) });
process.disconnect();
