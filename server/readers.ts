/** Who may read what, and how often a signature is good, by the options of a server. */
import type { App } from './app.js';
import type { ServerClock } from './clock.js';
import { noneIsOpen } from './domain/conversations/access.js';
import { guardedTest, type Report } from './guarded.js';
import type { ServerOptions } from './options.js';
import { createSignatures, type SharedSignatures, type Signatures } from './signatures.js';

export const readersOf = (
  { isOpen: test, readers }: ServerOptions,
  report: Report,
): Pick<App, 'isOpen' | 'isShown'> => {
  const isOpen = test === undefined ? noneIsOpen : guardedTest(test, report);
  return { isOpen, isShown: readers === 'everyone' ? () => true : isOpen };
};

/** `wall` tells the age of a signature, `steady` dates what is remembered. */
export const signaturesOf = (
  key: string,
  { readers, signatures = readers === 'everyone' ? 'reusable' : 'once', signed = ['login'] }: ServerOptions,
  {
    wall,
    steady,
    shared,
  }: { readonly wall: ServerClock; readonly steady: ServerClock; readonly shared?: SharedSignatures | undefined },
): Signatures =>
  createSignatures(key, { clock: wall, steady, wanted: new Set(signed), isOnce: signatures === 'once', shared });
