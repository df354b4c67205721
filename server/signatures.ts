/** Signatures: HMAC-SHA1 with the application's master key (protocol: signatures). */
import { createHmac } from 'node:crypto';
import type { ServerClock } from './clock.js';
import { Refusal } from './domain/refusal.js';
import { isSameSecret } from './same-secret.js';

/** Timestamp, nonce and signature, where there are any. */
interface Signed {
  /** As it was signed: ms since 1970, or seconds. */
  readonly t?: number;
  readonly n?: string;
  readonly s?: string;
}

/** What a client logs in with, for `verifyLogin`. */
export interface LoginRequest extends Signed {
  readonly clientId: string;
  readonly appId?: string;
  readonly tag?: string;
}

/** What is signed at a login. */
export interface SignedLogin {
  readonly appId: string;
  readonly clientId: string;
  readonly timestamp: number;
  readonly nonce: string;
}

/** What a client may have to sign. */
export type SignedAction = 'login' | 'create' | 'add' | 'join' | 'remove' | 'quit' | 'block' | 'unblock';

/** What is done to a conversation, and to whom. */
interface ActionRequest extends Signed {
  readonly action: Exclude<SignedAction, 'login'>;
  readonly appId: string | undefined;
  readonly clientId: string;
  /** None where it is being created. */
  readonly conversationId?: string;
  readonly members: readonly string[];
  /** An action that was verified before, and that says as much where it has to be signed. */
  readonly impliedBy?: 'create';
}

/** How long a signature is good. */
const VALID_FOR = 6 * 60 * 60 * 1_000;
/** Of so many clients it is known when their signatures were ended. */
const MAX_ENDED = 100_000;
/** Timestamps below are seconds: as ms they would be of 1970. */
const FIRST_MS = 100_000_000_000;

const sign = (masterKey: string, text: string): string => createHmac('sha1', masterKey).update(text).digest('hex');

export const loginSignature = (masterKey: string, { appId, clientId, timestamp, nonce }: SignedLogin): string =>
  sign(masterKey, `${appId}:${clientId}::${timestamp}:${nonce}`);

/** What the protocol calls an action in what is signed. */
const NAMES: Readonly<Record<ActionRequest['action'], string | undefined>> = {
  create: undefined,
  add: 'invite',
  join: 'invite',
  remove: 'kick',
  quit: 'kick',
  block: 'conversation-block-clients',
  unblock: 'conversation-unblock-clients',
};

const hasColon = (text: string): boolean => text.includes(':');

export interface Signatures {
  /** Whether a login is signed. */
  readonly login: (login: LoginRequest) => boolean;
  /** Refuses an action that has to be signed and is not, with 4302, or 4546 where it is about blocking. */
  readonly action: (request: ActionRequest) => void;
  /** Ends what this client has signed until now, for logins and for actions. */
  readonly end: (clientId: string) => void;
}

/**
 * What is signed with this key, not too long ago, after the client's signatures were ended last, and with a nonce
 * that this client of this application has not used before. Colons join what is signed: at a login only the client's
 * id may have some of its own, or the signature of the client `Tom::5` would be one of `Tom`, too; in other actions
 * no id may.
 */
export const createSignatures = (
  masterKey: string,
  clock: ServerClock,
  wanted: ReadonlySet<SignedAction>,
): Signatures => {
  /** Application, client and nonce of what was accepted, with when their signatures end at the latest. */
  const used = new Map<string, number>();
  /** When signatures of clients were ended, the earliest first. */
  const ended = new Map<string, number>();
  /** What was signed until then is good for nobody: too many were ended since to know of whom. */
  let endedForAll = -Infinity;

  const forget = (now: number): void => {
    for (const [request, end] of used) {
      // At its last moment a signature is good.
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

  const end = (clientId: string): void => {
    const now = clock.now();
    ended.delete(clientId);
    ended.set(clientId, now);
    forget(now);
  };

  /** `textOf` joins what is signed with the timestamp and the nonce. */
  const isGood = (
    { t: timestamp, n: nonce, s: signature }: Signed,
    appId: string,
    clientId: string,
    textOf: (timestamp: number, nonce: string) => string,
  ): boolean => {
    if (timestamp === undefined || nonce === undefined || signature === undefined) return false;
    if (hasColon(appId) || hasColon(nonce)) return false;
    const now = clock.now();
    const signedAt = timestamp < FIRST_MS ? timestamp * 1_000 : timestamp;
    if (Math.abs(now - signedAt) > VALID_FOR) return false;
    // What was signed in the same moment, or in the same second where it counts seconds, may have been signed before.
    if (signedAt <= Math.max(endedForAll, ended.get(clientId) ?? -Infinity)) return false;
    if (!isSameSecret(signature, sign(masterKey, textOf(timestamp, nonce)))) return false;
    forget(now);
    const request = JSON.stringify([appId, clientId, nonce]);
    if (used.has(request)) return false;
    used.set(request, now + 2 * VALID_FOR);
    return true;
  };

  const verifyAction = (request: ActionRequest): void => {
    const { action, appId = '', clientId, conversationId, members, impliedBy } = request;
    if (!wanted.has(action) || (impliedBy !== undefined && wanted.has(impliedBy))) return;
    const refuse = (why: string): never => {
      throw new Refusal(action === 'block' || action === 'unblock' ? 4546 : 4302, why);
    };
    if ([clientId, ...members].some(hasColon)) refuse('ids with a colon can not be signed');
    const sorted = [...members].sort().join(':');
    const name = NAMES[action];
    const good = isGood(request, appId, clientId, (timestamp, nonce) =>
      name === undefined
        ? [appId, clientId, sorted, timestamp, nonce].join(':')
        : [appId, clientId, conversationId ?? '', sorted, timestamp, nonce, name].join(':'),
    );
    if (!good) refuse('the signature of this action was not accepted');
  };

  return {
    login: (login) => {
      const { appId = '', clientId } = login;
      return isGood(login, appId, clientId, (timestamp, nonce) => `${appId}:${clientId}::${timestamp}:${nonce}`);
    },
    action: verifyAction,
    end,
  };
};
