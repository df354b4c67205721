import { pathToFileURL } from 'node:url';

/**
 * The file of the threads. It is a module of its own, so that tests can run them from the sources. A program that was
 * bundled as CommonJS has no `import.meta`, but a file name.
 */
export const workerFile = new URL(
  './worker.js',
  typeof __filename === 'string' ? pathToFileURL(__filename) : import.meta.url,
);
