/**
 * The close codes of a server, and how a client reacts to them (protocol: error codes; RFC 6455 for codes below
 * 4000).
 */

/** `retry`: connect again. `relogin`: connect again and log in without the old token. `fatal`: give up. */
export type CloseCodeClass = 'retry' | 'relogin' | 'fatal';

interface FatalCode {
  readonly name: string;
  /** For people: what is wrong, or what to do. */
  readonly advice: string;
}

/** After these codes another attempt can't help. */
export const fatalCodes: ReadonlyMap<number, FatalCode> = new Map([
  [
    4100,
    { name: 'APP_NOT_AVAILABLE', advice: 'the server does not know this appId, or messaging is switched off for it' },
  ],
  [4103, { name: 'INVALID_LOGIN', advice: 'the server does not accept this client id' }],
  [4110, { name: 'INVALID_ORIGIN', advice: 'add the origin of this page to the domains that the application allows' }],
]);

/**
 * SIGNATURE_FAILED, SESSION_REQUIRED, LOGIN_TIMEOUT, SESSION_TOKEN_EXPIRED: the old session token is not valid any
 * more.
 */
const reloginCodes: readonly number[] = [4102, 4105, 4108, 4112];

/** How to react to a close with this code. A code that is not listed means `retry`. */
export const closeCodeClass = (code: number): CloseCodeClass =>
  fatalCodes.has(code) ? 'fatal' : reloginCodes.includes(code) ? 'relogin' : 'retry';

/** The longest spread that a server can ask for, ms. */
const MAX_SPREAD = 300_000;

/**
 * The time over which the server asks its clients to come back, ms, as its close reason names it at the end:
 * `the server is going away; spread=30000`. Other clients show the text and ignore it. A value that is no whole number
 * of at most 7 digits is ignored.
 */
export const spreadOf = (reason: string): number | undefined => {
  const [, spread] = /; ?spread=(\d{1,7})$/.exec(reason) ?? [];
  return spread === undefined ? undefined : Math.min(Number(spread), MAX_SPREAD);
};
