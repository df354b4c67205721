/** Signatures of logins: HMAC-SHA1 with the application's master key (protocol: signatures). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ServerClock } from './clock.js';

/** What a client logs in with, for `verifyLogin`. */
export interface LoginRequest {
  readonly clientId: string;
  readonly appId?: string;
  readonly tag?: string;
  /** Timestamp, nonce and signature, where the client has signed. */
  readonly t?: number;
  readonly n?: string;
  readonly s?: string;
}

/** What is signed. */
export interface SignedLogin {
  readonly appId: string;
  readonly clientId: string;
  /** As it was signed: ms since 1970, or seconds. */
  readonly timestamp: number;
  readonly nonce: string;
}

/** How long a signature is good. */
const VALID_FOR = 6 * 60 * 60 * 1_000;
/** Timestamps below are seconds: as ms they would be of 1970. */
const FIRST_MS = 100_000_000_000;

export const loginSignature = (masterKey: string, { appId, clientId, timestamp, nonce }: SignedLogin): string =>
  createHmac('sha1', masterKey).update(`${appId}:${clientId}::${timestamp}:${nonce}`).digest('hex');

const isSame = (given: string, expected: string): boolean => {
  // Bytes are compared, so bytes are counted: forty characters may be more.
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/**
 * Whether logins are signed with this key, not too long ago, and with a nonce that this client of this application has not used before. Colons join what is signed: only the client's id may
 * have some of its own, or the signature of the client `Tom::5` would be one of `Tom`, too.
 */
export const signatureVerifier = (masterKey: string, clock: ServerClock): ((login: LoginRequest) => boolean) => {
  /** Application, client and nonce of logins that were accepted, with when their signatures end at the latest. */
  const used = new Map<string, number>();

  const forget = (now: number): void => {
    for (const [login, end] of used) {
      if (end > now) break;
      used.delete(login);
    }
  };

  return ({ appId = '', clientId, t: timestamp, n: nonce, s: signature }) => {
    if (timestamp === undefined || nonce === undefined || signature === undefined) return false;
    if (appId.includes(':') || nonce.includes(':')) return false;
    const now = clock.now();
    const signedAt = timestamp < FIRST_MS ? timestamp * 1_000 : timestamp;
    if (Math.abs(now - signedAt) > VALID_FOR) return false;
    if (!isSame(signature, loginSignature(masterKey, { appId, clientId, timestamp, nonce }))) return false;
    forget(now);
    const login = JSON.stringify([appId, clientId, nonce]);
    if (used.has(login)) return false;
    used.set(login, now + 2 * VALID_FOR);
    return true;
  };
};
