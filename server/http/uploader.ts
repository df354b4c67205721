/** Who uploads a file. */
import type { IncomingMessage } from 'node:http';
import type { App } from '../app.js';
import { isClientId } from '../domain/conversations/members.js';
import { countedAs, type Front } from './front.js';
import { perMinute } from './per-minute.js';
import { headerOf } from './respond.js';
import type { Authenticate } from './sign.js';
import { clientOf, hasMasterKey } from './token.js';

/** Longer texts are no tokens. */
const MAX_TOKEN = 1_024;

/** The quota of the back end is not bounded. Everybody else has an owner, whom the files count for. */
export type Uploader = { readonly isBackEnd: true } | { readonly isBackEnd: false; readonly owner: string };

export type FindUploader = (request: IncomingMessage) => Promise<Uploader | undefined>;

export interface UploaderOptions {
  readonly app: App;
  readonly front: Front;
  readonly masterKey: string | undefined;
  readonly authenticate: Authenticate | undefined;
  /** Whether who is not known may upload. */
  readonly anonymous: boolean;
}

/**
 * Finds who uploads: the back end; a client by its session; a user by the session of the application's own sign-in,
 * which the storage SDKs send; or, if that is allowed, an address. Undefined if nobody of these.
 */
export const uploaderOf = ({ app, front, masterKey, authenticate, anonymous }: UploaderOptions): FindUploader => {
  const mayAsk = perMinute(app.limits.signsPerMinute, app.clock);
  return async (request) => {
    if (masterKey !== undefined && hasMasterKey(request, app, masterKey)) return { isBackEnd: true };
    const client = await clientOf(app, request);
    if (client !== undefined) return { isBackEnd: false, owner: client };
    // Who names a session that has ended has to log in again.
    if (headerOf(request, 'x-lc-im-session-token') !== '') return undefined;
    const address = countedAs(front.clientAddress(request));
    const token = headerOf(request, 'x-lc-session');
    if (authenticate !== undefined && token !== '' && token.length <= MAX_TOKEN && mayAsk(address)) {
      const user: unknown = await authenticate(token);
      if (isClientId(user)) return { isBackEnd: false, owner: user };
    }
    // No client has such a long id.
    return anonymous ? { isBackEnd: false, owner: `address ${address}`.padEnd(80) } : undefined;
  };
};
