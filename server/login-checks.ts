/** The application's own checks of logins. */
import type { App } from './app.js';
import type { ServerOptions } from './options.js';
import type { Signatures } from './signatures.js';
import type { TimeLimit } from './time-limit.js';

/**
 * Checks a login: by the master key's signature if logins have to be signed, and by the application's own check if
 * there is one.
 */
export const loginVerifier = (
  { verifyLogin, signed }: ServerOptions,
  signatures: Signatures | undefined,
  inTime: TimeLimit,
): App['verifyLogin'] => {
  const isWelcome: App['verifyLogin'] =
    verifyLogin === undefined ? () => true : (login) => inTime('verifyLogin', () => verifyLogin(login));
  if (signatures === undefined || signed?.includes('login') === false) return isWelcome;
  return async (login) => (await signatures.login(login)) && (await isWelcome(login));
};

/** Checks a login with a token by the application's own check, if there is one. */
export const resumeVerifier = ({ verifyResume }: ServerOptions, inTime: TimeLimit): App['verifyResume'] =>
  verifyResume === undefined ? () => true : (request) => inTime('verifyResume', () => verifyResume(request));

/** The application's own sign-in, with a time limit. */
export const inTimeSignIn = (
  authenticate: ServerOptions['authenticate'],
  inTime: TimeLimit,
): ServerOptions['authenticate'] =>
  authenticate === undefined ? undefined : (token) => inTime('authenticate', () => authenticate(token));
