/** What the codes mean with which a server closes a socket (protocol: error codes; RFC 6455 for those under 4000). */

/** `retry`: connect again. `relogin`: connect again and log in without the old token. `fatal`: trying again can't help. */
export type CloseCodeClass = 'retry' | 'relogin' | 'fatal';

interface CloseCode {
  readonly name: string;
  readonly reaction: CloseCodeClass;
  /** For people: what is wrong, or what to do. */
  readonly advice?: string;
}

/** Codes with a meaning; all others, and a clean close among them, mean `retry`. */
export const closeCodes: ReadonlyMap<number, CloseCode> = new Map<number, CloseCode>([
  [1000, { name: 'CLOSE_NORMAL', reaction: 'retry' }],
  [1001, { name: 'GOING_AWAY', reaction: 'retry' }],
  [1006, { name: 'CLOSE_ABNORMAL', reaction: 'retry' }],
  [1012, { name: 'SERVICE_RESTART', reaction: 'retry' }],
  [1013, { name: 'TRY_AGAIN_LATER', reaction: 'retry' }],
  [
    4100,
    { name: 'APP_NOT_AVAILABLE', reaction: 'fatal', advice: 'the server does not know this appId, or messaging is switched off for it' },
  ],
  [4102, { name: 'SIGNATURE_FAILED', reaction: 'relogin' }],
  [4103, { name: 'INVALID_LOGIN', reaction: 'fatal', advice: 'the server does not accept this client id' }],
  [4105, { name: 'SESSION_REQUIRED', reaction: 'relogin' }],
  [4107, { name: 'READ_TIMEOUT', reaction: 'retry' }],
  [4108, { name: 'LOGIN_TIMEOUT', reaction: 'relogin' }],
  [4109, { name: 'FRAME_TOO_LONG', reaction: 'retry' }],
  [4110, { name: 'INVALID_ORIGIN', reaction: 'fatal', advice: 'add the origin of this page to the domains that the application allows' }],
  [4111, { name: 'SESSION_CONFLICT', reaction: 'retry' }],
  [4112, { name: 'SESSION_TOKEN_EXPIRED', reaction: 'relogin' }],
  [4113, { name: 'APP_QUOTA_EXCEEDED', reaction: 'retry' }],
  [4200, { name: 'INTERNAL_ERROR', reaction: 'retry' }],
]);

/** What a close with this code calls for. */
export const closeCodeClass = (code: number): CloseCodeClass => closeCodes.get(code)?.reaction ?? 'retry';
