/** Checks that importing an entry has no effects: no socket, timer or listener, no need for a browser's globals. */
import { entries } from '../entries.mjs';
import { execute } from './tool.js';

/** Each entry is imported in its own process, so that all effects in it come from the entry. */
const program = (specifier: string): string => `
  for (const name of ['WebSocket', 'window', 'document', 'navigator', 'localStorage']) delete globalThis[name];
  const world = () => JSON.stringify({
    globals: Object.keys(globalThis),
    resources: process.getActiveResourcesInfo(),
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  });
  // These streams are created when they are first read, and modules of Node itself read them (assert). They are
  // created here, so that the entry is not blamed.
  void [process.stdout, process.stderr];
  const before = world();
  const entry = await import(${JSON.stringify(specifier)});
  // Node closes the module files one turn later.
  while (process.getActiveResourcesInfo().includes('CloseReq')) await new Promise((resolve) => setImmediate(resolve));
  if (Object.keys(entry).length === 0) throw new Error(${JSON.stringify(specifier)} + ' exports nothing');
  if (before !== world()) throw new Error('importing ' + ${JSON.stringify(specifier)} + ' changed the process\\n' + before + '\\n' + world());
`;

export const importEntries = async (directory: string): Promise<void> => {
  for (const { specifier } of entries)
    await execute(process.execPath, ['--input-type=module', '--eval', program(specifier)], directory);
};
