/** Importing an entry does nothing: no socket, timer or listener, and no need of a browser's globals. */
import { entries } from '../entries.mjs';
import { execute } from './tool.js';

/** Runs in a process of its own, so that what is seen there is the entry's. */
const program = (specifier: string): string => `
  for (const name of ['WebSocket', 'window', 'document', 'navigator', 'localStorage']) delete globalThis[name];
  const world = () => JSON.stringify({
    globals: Object.keys(globalThis),
    resources: process.getActiveResourcesInfo(),
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  });
  // Made when first looked at, which modules of Node itself do (assert): not the entry's.
  void [process.stdout, process.stderr];
  const before = world();
  const entry = await import(${JSON.stringify(specifier)});
  // The module files themselves are closed a turn later.
  while (process.getActiveResourcesInfo().includes('CloseReq')) await new Promise((resolve) => setImmediate(resolve));
  if (Object.keys(entry).length === 0) throw new Error(${JSON.stringify(specifier)} + ' exports nothing');
  if (before !== world()) throw new Error('importing ' + ${JSON.stringify(specifier)} + ' changed the process\\n' + before + '\\n' + world());
`;

export const importEntries = async (directory: string): Promise<void> => {
  for (const { specifier } of entries)
    await execute(process.execPath, ['--input-type=module', '--eval', program(specifier)], directory);
};
