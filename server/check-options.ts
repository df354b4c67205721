/** Checks of options that go together. */
import { randomBytes } from 'node:crypto';
import type { ServerOptions } from './options.js';

/**
 * The key that signatures are made and verified with. With `authenticate` and without a `masterKey`, it is a random
 * one: then the sign-in of the application is the only way to log in.
 */
export const keyOf = ({ masterKey, authenticate, signed = ['login'] }: ServerOptions): string | undefined => {
  if (masterKey === '') throw new RangeError('masterKey: an empty key is none');
  if (masterKey === undefined && signed.some((action) => action !== 'login'))
    throw new RangeError('signed: without a masterKey nothing can be verified');
  return masterKey ?? (authenticate === undefined ? undefined : randomBytes(32).toString('hex'));
};

export const checkAppId = ({ appId }: ServerOptions): void => {
  if (appId === '' || appId?.includes(':') === true)
    throw new RangeError('appId: it is not empty, and has no colon, which separates the parts of a signed text');
};
