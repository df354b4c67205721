/**
 * `npm run example:pipeline`: starts the news desk, and runs the pipeline against it. Ctrl-C stops both; start again,
 * and it goes on. `-- --rate 500` writes faster, `-- --backlog 20000` writes so many before it begins.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { finalize, takeUntil } from 'rxjs';
import { stopped } from '../shared/stopped.js';
import { openArchive } from './archive.js';
import { pipeline } from './pipeline.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'data/example-pipeline' },
    rate: { type: 'string', default: '100' },
    backlog: { type: 'string', default: '2000' },
  },
});

const stop = stopped();
mkdirSync(values.data, { recursive: true });
const archive = await openArchive(join(values.data, 'archive.sqlite'));
const before = archive.count();
console.log(before === 0 ? 'A new archive.' : `The archive has ${before} messages; going on from there.`);
console.log(`The news desk writes ${values.backlog} messages, then ${values.rate} a second. Ctrl-C stops.`);

const program = fileURLToPath(new URL('desk.node.js', import.meta.url));
const desk = fork(program, [join(values.data, 'server'), values.rate, values.backlog]);
const gone = once(desk, 'exit');
const ready = once(desk, 'message') as Promise<[{ readonly server: string; readonly conversationId: string }]>;
/** It has got the Ctrl-C of a terminal already; it hasn't got a signal that was for this process alone. */
const end = (): void => {
  console.log(`Stopped: ${archive.count()} messages in ${join(values.data, 'archive.sqlite')}`);
  archive.close();
  desk.kill('SIGTERM');
};
const first = await Promise.race([ready, stop.then(() => 'stopped' as const), gone.then(() => 'gone' as const)]);
if (first === 'gone') throw new Error('the news desk has ended');
if (first === 'stopped') end();
else
  pipeline({ ...first[0], archive })
    .pipe(takeUntil(stop), finalize(end))
    .subscribe({
      next: (line) => {
        console.log(line);
      },
      error: (error: unknown) => {
        console.error(error);
        process.exitCode = 1;
      },
    });
await gone;
