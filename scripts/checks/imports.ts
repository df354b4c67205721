/** Checks that importing an entry has no effects and no needs: no socket, timer or listener, no platform. */
import { entryLimits } from '../../bench/size/limits.js';
import { entries } from '../entries.mjs';
import { execute } from './tool.js';

/** What a browser has and Node 20 has not. */
const browserOnly = ['WebSocket', 'document', 'indexedDB', 'localStorage', 'navigator', 'window'];

/** What some platforms lack: older browsers, React Native, mini programs, a test environment. */
const oftenMissing = [
  ...browserOnly,
  ...['AbortController', 'AbortSignal', 'BroadcastChannel', 'Event', 'EventTarget', 'TextDecoder', 'TextEncoder'],
  ...['URL', 'URLSearchParams', 'atob', 'btoa', 'crypto', 'fetch', 'performance', 'structuredClone'],
];

/** Each entry is imported in its own process, so that all effects in it come from the entry. */
const program = (specifier: string, missing: readonly string[]): string => `
  for (const name of ${JSON.stringify(missing)}) delete globalThis[name];
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
  for (const { specifier, name } of entries) {
    const missing = entryLimits[name]?.platform === 'node' ? browserOnly : oftenMissing;
    await execute(process.execPath, ['--input-type=module', '--eval', program(specifier, missing)], directory);
  }
};
