/** The threads of the SQLite store, for tests, which run from the sources. `vitest.config.ts` puts it in place. */
import { pathToFileURL } from 'node:url';
import { bundled } from './bundle.js';

export const workerFile = pathToFileURL(bundled('server/store/sqlite/worker.ts', 'worker'));
