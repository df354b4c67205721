/** Permissions to upload one file, for clients that ask for the address first (protocol: `/1.1/fileTokens`). */
import { createHmac, randomBytes } from 'node:crypto';
import { either as E } from 'fp-ts';
import { parseJson } from '../../codecs/index.js';
import type { ServerClock } from '../clock.js';
import { isSameSecret } from '../same-secret.js';
import { STORED } from './upload-directory.js';

/** How long a ticket is good, ms. */
const GOOD_FOR = 60 * 60 * 1_000;
/** Longer texts are no tickets. */
const MAX_LENGTH = 1_024;

export interface UploadTicket {
  /** The name of the stored file. */
  readonly name: string;
  /** Whose quota it counts for. Undefined for the back end. */
  readonly owner: string | undefined;
}

export interface UploadTickets {
  readonly issue: (ticket: UploadTicket) => string;
  /** Undefined if a text is no ticket of this server, or too old. */
  readonly read: (text: string) => UploadTicket | undefined;
}

/**
 * A ticket says itself what it is for, and is signed: the server keeps nothing. Processes with the same master key
 * know each other's tickets; without a master key, only the process that has issued it does.
 */
export const createUploadTickets = (masterKey: string | undefined, clock: ServerClock): UploadTickets => {
  const key =
    masterKey === undefined ? randomBytes(32) : createHmac('sha256', masterKey).update('tickets of uploads').digest();
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    issue: ({ name, owner }) => {
      const text = Buffer.from(JSON.stringify([name, owner ?? null, clock.now() + GOOD_FOR])).toString('base64url');
      return `${text}.${sign(text)}`;
    },
    read: (ticket) => {
      const [text = '', signature = ''] = ticket.length > MAX_LENGTH ? [] : ticket.split('.');
      if (!isSameSecret(signature, sign(text))) return undefined;
      const json = parseJson(Buffer.from(text, 'base64url').toString());
      const [name, owner, expires] = E.isRight(json) && Array.isArray(json.right) ? (json.right as unknown[]) : [];
      const isGood = typeof name === 'string' && STORED.test(name) && Number(expires) > clock.now();
      return isGood ? { name, owner: typeof owner === 'string' ? owner : undefined } : undefined;
    },
  };
};
