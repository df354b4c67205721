/** Files of messages, stored in a directory. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import mime from 'mime';
import { hasTag, partOf } from './range.js';
import { allow, CORS, pathOf, respond, type Endpoint } from './respond.js';
import { queryOf } from './token.js';
import { STORED } from './upload-directory.js';
import { baseName, decoded, extensionOf, idOf, NO_FILE, PREFIX, typeOf, type UploadTaking } from './upload-taking.js';
import type { UploadTickets } from './upload-tickets.js';

export interface UploadOptions {
  /** Directory of the files. It is created if it does not exist. */
  readonly directory: string;
  /** Size of one file, bytes. A larger one is refused with status 413. Default 10 MiB. */
  readonly maxBytes?: number;
  /**
   * Whether everybody may upload: the files of who is not known count for the address of the request. The vendor's
   * storage SDKs name no client, unless the application has users who sign in. Default: only if everybody may log in,
   * because there is no `masterKey`, `authenticate` and `verifyLogin`.
   */
  readonly anonymous?: boolean;
}

/** Size of one file, bytes, if nothing else is said. */
export const MAX_BYTES = 10 * 1_024 * 1_024;
const OTHER = 'application/octet-stream';

/**
 * Media are shown in a page, and are served with their type. Every other file is a download without a type: no
 * uploaded page, drawing or script runs on this origin.
 */
const isMedia = (type: string): boolean => /^(?:image\/(?!svg)|audio\/|video\/)/.test(type);

/** Whether a request sends a file. */
export const isUpload = (request: IncomingMessage): boolean => {
  const path = pathOf(request);
  return request.method === 'POST'
    ? path.startsWith(PREFIX) || path.startsWith('/1.1/files/')
    : request.method === 'PUT' && path.startsWith(PREFIX);
};

export interface UploadsOptions {
  readonly directory: string;
  readonly taking: UploadTaking;
  readonly tickets: UploadTickets;
}

export const uploads = ({ directory, taking, tickets }: UploadsOptions): Endpoint => {
  const { known, fresh, take, addressOf, isTooLong, failed, limitTime } = taking;

  const store = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const by = await known(request, response);
    if (by === undefined) return;
    const ticket = fresh(extensionOf(name), by);
    const size = await take(request, ticket);
    respond(response, 201, {
      url: addressOf(request, ticket.name),
      objId: idOf(ticket.name),
      metaData: { name, size, mime_type: typeOf(ticket.name) },
    });
  };

  const ticketIn = (request: IncomingMessage): string | null => queryOf(request).get('token');
  /** Files that are being received by tickets. */
  const underWay = new Set<string>();

  /** Stores a file for which its sender has a ticket. */
  const storeWith = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const ticket = tickets.read(ticketIn(request) ?? '');
    if (ticket?.name !== name) {
      respond(response, 403, { code: 403, error: 'the ticket in the address is not good for this file, or too old' });
      return;
    }
    const isThere = await stat(join(directory, name)).then(
      () => true,
      () => false,
    );
    // A file never changes.
    if (isThere || underWay.has(name)) {
      respond(response, 409, { code: 1, error: 'this file was stored already' });
      return;
    }
    underWay.add(name);
    try {
      await take(request, ticket);
    } finally {
      underWay.delete(name);
    }
    respond(response, 200, {});
  };

  const serve = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const path = join(directory, name);
    const { size } = await stat(path);
    const type = mime.getType(name) ?? OTHER;
    // A file never changes: its name is as good as its content.
    const etag = `"${name}"`;
    const headers = {
      'content-type': isMedia(type) ? type : OTHER,
      'content-disposition': isMedia(type) ? 'inline' : 'attachment',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      etag,
      ...CORS,
      'access-control-expose-headers': 'accept-ranges, content-length, content-range, etag',
    };
    const { range = '', 'if-none-match': known = '', 'if-range': condition = etag } = request.headers;
    if (hasTag(known, etag)) {
      response.writeHead(304, headers).end();
      return;
    }
    const part = request.method === 'GET' && condition === etag ? partOf(range, size) : 'whole';
    if (part === 'unsatisfiable') {
      respond(
        response,
        416,
        { code: 1, error: `the file has ${size} bytes` },
        { 'content-range': `bytes */${size}`, ...CORS },
      );
      return;
    }
    const { start, end } = part === 'whole' ? { start: 0, end: size - 1 } : part;
    response.writeHead(part === 'whole' ? 200 : 206, {
      ...headers,
      'content-length': end - start + 1,
      ...(part === 'whole' ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === 'HEAD' || size === 0) response.end();
    else await pipeline(createReadStream(path, { start, end }), response);
  };

  return (request, response) => {
    const path = pathOf(request);
    if (!path.startsWith(PREFIX)) return false;
    const file = path.slice(PREFIX.length);
    const { method } = request;
    limitTime(request, response);
    if (method === 'OPTIONS') {
      allow(response);
    } else if ((method === 'PUT' || (method === 'POST' && ticketIn(request) !== null)) && STORED.test(file)) {
      if (!isTooLong(request, response)) void storeWith(request, response, file).catch(failed(response));
    } else if (method === 'POST') {
      if (!isTooLong(request, response)) void store(request, response, baseName(decoded(file))).catch(failed(response));
    } else if ((method === 'GET' || method === 'HEAD') && STORED.test(file)) {
      void serve(request, response, file).catch(() => {
        if (response.headersSent) response.destroy();
        else respond(response, 404, NO_FILE);
      });
    } else respond(response, 404, NO_FILE);
    return true;
  };
};
