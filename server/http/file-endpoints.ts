/** The endpoints of files, if the server has uploads. */
import type { App } from '../app.js';
import type { ServerOptions } from '../options.js';
import { files } from './files.js';
import type { Front } from './front.js';
import type { Endpoint } from './respond.js';
import type { Authenticate } from './sign.js';
import { createUploadTaking } from './upload-taking.js';
import { createUploadTickets } from './upload-tickets.js';
import { uploaderOf } from './uploader.js';
import { MAX_BYTES, uploads } from './uploads.js';

/** Whether everybody may log in as anybody: a session proves nothing then. */
const isForEverybody = ({ masterKey, authenticate, verifyLogin }: ServerOptions): boolean =>
  masterKey === undefined && authenticate === undefined && verifyLogin === undefined;

/** `authenticate`: the sign-in of the application, with a time limit. */
export const fileEndpoints = (
  options: ServerOptions,
  app: App,
  front: Front,
  authenticate: Authenticate | undefined,
): readonly Endpoint[] => {
  const { uploads: wanted, masterKey } = options;
  if (wanted === undefined) return [];
  const { directory, maxBytes = MAX_BYTES, anonymous = isForEverybody(options) } = wanted;
  const uploader = uploaderOf({ app, front, masterKey, authenticate, anonymous });
  const taking = createUploadTaking({ directory, maxBytes, app, front, uploader });
  const tickets = createUploadTickets(masterKey, app.wall);
  return [uploads({ directory, taking, tickets }), files({ directory, taking, tickets, clock: app.wall })];
};
