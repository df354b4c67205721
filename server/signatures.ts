/** Signatures: HMAC-SHA1 with the application's master key (protocol: signatures). */
import { createHmac } from 'node:crypto';
import type { ServerClock } from './clock.js';
import { Refusal } from './domain/refusal.js';
import { isSameSecret } from './same-secret.js';

/** Timestamp, nonce and signature, if there are any. */
interface Signed {
  /** The timestamp as it was signed: ms since 1970, or seconds. */
  readonly t?: number;
  readonly n?: string;
  readonly s?: string;
}

/** The data of a login, for `verifyLogin`. */
export interface LoginRequest extends Signed {
  readonly clientId: string;
  readonly appId?: string;
  readonly tag?: string;
}

/** The parts of a login that are signed. */
export interface SignedLogin {
  readonly appId: string;
  readonly clientId: string;
  readonly timestamp: number;
  readonly nonce: string;
}

/** An action that clients may have to sign. */
export type SignedAction = 'login' | 'create' | 'add' | 'join' | 'remove' | 'quit' | 'block' | 'unblock';

/** An action on a conversation, and the clients that it affects. */
interface ActionRequest extends Signed {
  readonly action: Exclude<SignedAction, 'login'>;
  readonly appId: string | undefined;
  readonly clientId: string;
  /** Undefined for a conversation that is being created. */
  readonly conversationId?: string;
  readonly members: readonly string[];
  /**
   * An action whose signature was verified before. If that action has to be signed, this one needs no signature of
   * its own.
   */
  readonly impliedBy?: 'create';
}

/** How long a signature is valid, ms. */
const VALID_FOR = 6 * 60 * 60 * 1_000;
/** The server remembers for this many clients when their signatures were ended. */
const MAX_ENDED = 100_000;
/** A timestamp below this number is in seconds: in ms it would be a date in 1973 or before. */
const FIRST_MS = 100_000_000_000;

const hasColon = (text: string): boolean => text.includes(':');

const sign = (masterKey: string, text: string): string => createHmac('sha1', masterKey).update(text).digest('hex');

/** The text of a login. Throws if a colon in one part could be taken for the end of that part. */
const loginText = ({ appId, clientId, timestamp, nonce }: SignedLogin): string => {
  if (hasColon(appId) || hasColon(nonce))
    throw new RangeError('an application id or nonce with a colon can not be signed');
  return `${appId}:${clientId}::${timestamp}:${nonce}`;
};

export const loginSignature = (masterKey: string, login: SignedLogin): string => sign(masterKey, loginText(login));

/** The name of an action in the text that is signed. */
const NAMES: Readonly<Record<ActionRequest['action'], string | undefined>> = {
  create: undefined,
  add: 'invite',
  join: 'invite',
  remove: 'kick',
  quit: 'kick',
  block: 'conversation-block-clients',
  unblock: 'conversation-unblock-clients',
};

/** What the processes of one application know together of signatures. */
export interface SharedSignatures {
  /**
   * Takes a signature: false if it was taken before, here or in another process, or if the client's signatures were
   * ended since it was made. Without a nonce it may be taken again. Times in ms since 1970.
   */
  readonly take: (signature: {
    readonly clientId: string;
    readonly nonce?: string;
    readonly signedAt: number;
    readonly until: number;
  }) => Promise<boolean>;
  /** Ends all signatures of a client that were made until then. */
  readonly end: (clientId: string, at: number) => Promise<void>;
}

/** Several processes ask each other by the database, one process answers at once. */
export interface Signatures {
  /** Whether a login has a valid signature. */
  readonly login: (login: LoginRequest) => boolean | Promise<boolean>;
  /** Refuses an action that has to be signed and has no valid signature: with 4302, or with 4546 for blocking. */
  readonly action: (request: ActionRequest) => void | Promise<void>;
  /**
   * The time of a signature that is made now, ms since 1970: later than the client's signatures were last ended.
   */
  readonly timeFor: (clientId: string) => number;
  /** Ends all signatures that were made for this client until now, for logins and for actions. */
  readonly end: (clientId: string) => void | Promise<void>;
}

export interface SignatureOptions {
  readonly clock: ServerClock;
  readonly steady?: ServerClock;
  readonly wanted: ReadonlySet<SignedAction>;
  /** Whether a signature is good once only. Default true. */
  readonly isOnce?: boolean;
  /** Default: there is one process. */
  readonly shared?: SharedSignatures | undefined;
}

/**
 * Verifies signatures. A signature is valid if it was made with this key, is not too old, was made after the client's
 * signatures were last ended, and, with `isOnce`, has a nonce that this client of this application has not used
 * before. The parts of
 * a signed text are joined by colons, so only the client id of a login may contain colons itself: otherwise a
 * signature for the client `Tom::5` would be valid for `Tom` too. Ids in other actions must not contain colons.
 *
 * The age of a signature is counted by `clock`. If that clock is wrong for a moment, signatures are refused for that
 * moment. What is remembered is dated by `steady`, which such a moment does not change.
 */
export const createSignatures = (
  masterKey: string,
  { clock, steady = clock, wanted, isOnce = true, shared }: SignatureOptions,
): Signatures => {
  /** Keys of accepted signatures (application, client and nonce), each with the time when it expires at the latest. */
  const used = new Map<string, number>();
  /** When the signatures of clients were ended, earliest first. */
  const ended = new Map<string, number>();
  /** Signatures made until this time are invalid for all clients: too many were ended to remember each client. */
  let endedForAll = -Infinity;

  /** What is forgotten can be used again, so this is not decided by a clock that is wrong for a moment. */
  const forget = (): void => {
    const now = Math.min(clock.now(), steady.now());
    for (const [request, end] of used) {
      // A signature is still valid in its last millisecond.
      if (end >= now) break;
      used.delete(request);
    }
    for (const [clientId, at] of ended) {
      const isNeeded = at + VALID_FOR >= now;
      if (isNeeded && ended.size <= MAX_ENDED) break;
      if (isNeeded) endedForAll = at;
      ended.delete(clientId);
    }
  };

  /** All signatures of the client that were made until then have ended. */
  const endedAt = (clientId: string): number => Math.max(endedForAll, ended.get(clientId) ?? -Infinity);

  const end = (clientId: string): void | Promise<void> => {
    const at = steady.now();
    ended.delete(clientId);
    ended.set(clientId, at);
    forget();
    return shared?.end(clientId, at);
  };

  /** `textOf` makes the signed text from the timestamp and the nonce. */
  const isGood = (
    { t: timestamp, n: nonce, s: signature }: Signed,
    appId: string,
    clientId: string,
    textOf: (timestamp: number, nonce: string) => string,
  ): boolean | Promise<boolean> => {
    if (timestamp === undefined || nonce === undefined || signature === undefined) return false;
    if (hasColon(appId) || hasColon(nonce)) return false;
    const now = clock.now();
    const signedAt = timestamp < FIRST_MS ? timestamp * 1_000 : timestamp;
    if (Math.abs(now - signedAt) > VALID_FOR) return false;
    // A signature made in the same millisecond (or second, if the timestamp is in seconds) may have been made before
    // the end, so it is refused.
    if (signedAt <= endedAt(clientId)) return false;
    if (!isSameSecret(signature, sign(masterKey, textOf(timestamp, nonce)))) return false;
    forget();
    const until = now + 2 * VALID_FOR;
    if (!isOnce) return shared?.take({ clientId, signedAt, until }) ?? true;
    const request = JSON.stringify([appId, clientId, nonce]);
    if (used.has(request)) return false;
    used.set(request, until);
    return shared?.take({ clientId, nonce: request, signedAt, until }) ?? true;
  };

  const verifyAction = (request: ActionRequest): void | Promise<void> => {
    const { action, appId = '', clientId, conversationId, members, impliedBy } = request;
    if (!wanted.has(action) || (impliedBy !== undefined && wanted.has(impliedBy))) return;
    const refuse = (why: string): never => {
      throw new Refusal(action === 'block' || action === 'unblock' ? 4546 : 4302, why);
    };
    if ([clientId, conversationId ?? '', ...members].some(hasColon)) refuse('ids with a colon can not be signed');
    const sorted = [...members].sort().join(':');
    const name = NAMES[action];
    const good = isGood(request, appId, clientId, (timestamp, nonce) =>
      name === undefined
        ? [appId, clientId, sorted, timestamp, nonce].join(':')
        : [appId, clientId, conversationId ?? '', sorted, timestamp, nonce, name].join(':'),
    );
    const judge = (isAccepted: boolean): void => {
      if (!isAccepted) refuse('the signature of this action was not accepted');
    };
    if (typeof good !== 'boolean') return good.then(judge);
    judge(good);
  };

  return {
    login: (login) => {
      const { appId = '', clientId } = login;
      return isGood(login, appId, clientId, (timestamp, nonce) => loginText({ appId, clientId, timestamp, nonce }));
    },
    action: verifyAction,
    timeFor: (clientId) => Math.max(clock.now(), endedAt(clientId) + 1),
    end,
  };
};
