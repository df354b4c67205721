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

/**
 * What an entry for Angular needs before it. Users' tools compile the entry to the end; without them Angular's compiler
 * does so when the entry is loaded.
 */
const angular = ['@angular/compiler', '@angular/core', '@angular/core/rxjs-interop'];

/**
 * Each entry is imported in its own process, so that all effects in it come from the entry. What is imported `before`
 * it may have effects.
 */
const program = (specifier: string, missing: readonly string[], before: readonly string[]): string => `
  // Node closes the module files one turn later.
  const closed = async () => {
    while (process.getActiveResourcesInfo().includes('CloseReq')) await new Promise((resolve) => setImmediate(resolve));
  };
  for (const specifier of ${JSON.stringify(before)}) await import(specifier);
  await closed();
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
  await closed();
  if (Object.keys(entry).length === 0) throw new Error(${JSON.stringify(specifier)} + ' exports nothing');
  if (before !== world()) throw new Error('importing ' + ${JSON.stringify(specifier)} + ' changed the process\\n' + before + '\\n' + world());
`;

export const importEntries = async (directory: string): Promise<void> => {
  for (const { specifier, name } of entries) {
    const { platform = 'browser' } = entryLimits[name] ?? {};
    const missing = platform === 'browser' ? oftenMissing : browserOnly;
    const code = program(specifier, missing, platform === 'angular' ? angular : []);
    await execute(process.execPath, ['--input-type=module', '--eval', code], directory);
  }
};
