/** Files of messages, stored in a directory. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import mime from 'mime';
import type { App } from '../app.js';
import type { Front } from './front.js';
import { hasTag, partOf } from './range.js';
import { CORS, pathOf, respond, type Endpoint } from './respond.js';
import { timerTime } from './timer.js';
import { clientOf, hasMasterKey, UNAUTHORIZED } from './token.js';
import { STORED, storeFile, sweep } from './upload-directory.js';
import { createUploadQuota, OverQuota, type UploadRoom } from './upload-quota.js';

export interface UploadOptions {
  /** Directory of the files. It is created if it does not exist. */
  readonly directory: string;
  /** Size of one file, bytes. A larger one is refused with status 413. Default 10 MiB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 10 * 1_024 * 1_024;
const PREFIX = '/uploads/';
const NO_FILE = { code: 101, error: 'there is no such file' };
const OTHER = 'application/octet-stream';

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
};

/** The last part of a path, of Windows or of others. */
const baseName = (name: string): string => name.split(/[/\\]/).at(-1) ?? '';

const extensionOf = (name: string): string => {
  const extension = extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,8}$/.test(extension) && mime.getType(extension) !== null ? extension : '';
};

/**
 * Media are shown in a page, and are served with their type. Every other file is a download without a type: no
 * uploaded page, drawing or script runs on this origin.
 */
const isMedia = (type: string): boolean => /^(?:image\/(?!svg)|audio\/|video\/)/.test(type);

/** Whether a request sends a file. */
export const isUpload = (request: IncomingMessage): boolean =>
  request.method === 'POST' && pathOf(request).startsWith(PREFIX);

/** The content of a request, of at most `maxBytes`. The connection stays open, so that an answer can be sent. */
async function* contentOf(request: IncomingMessage, room: UploadRoom, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxBytes) throw new OverQuota(413, `a file has at most ${maxBytes} bytes`);
    room.grow(bytes.length);
    yield bytes;
  }
}

export interface UploadsOptions extends UploadOptions {
  readonly app: App;
  readonly front: Front;
  /** The back end may upload, too. */
  readonly masterKey: string | undefined;
}

export const uploads = ({ directory, maxBytes = MAX_BYTES, app, front, masterKey }: UploadsOptions): Endpoint => {
  const { limits, report } = app;
  const quota = createUploadQuota(limits, app.wall);
  const ready = sweep(directory).then(({ files, bytes }) => {
    quota.found(files, bytes);
  }, report);

  const store = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const isBackEnd = masterKey !== undefined && hasMasterKey(request, app.appId, masterKey);
    const owner = isBackEnd ? undefined : await clientOf(app, request);
    if (!isBackEnd && owner === undefined) {
      respond(response, 401, UNAUTHORIZED);
      return;
    }
    await ready;
    const room = quota.take(owner);
    const id = randomBytes(16).toString('hex');
    const stored = `${id}${extensionOf(name)}`;
    let size = 0;
    try {
      await storeFile(directory, { id, name: stored }, async (file) => {
        await pipeline(contentOf(request, room, maxBytes), file);
        size = file.bytesWritten;
      });
    } catch (error) {
      room.release();
      throw error;
    }
    respond(response, 201, {
      url: front.httpUrl(request, `${PREFIX}${stored}`),
      objId: id,
      metaData: { name, size, mime_type: mime.getType(stored) ?? OTHER },
    });
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

  const failed =
    (response: ServerResponse) =>
    (error: unknown): void => {
      // The sender or the receiver has gone, or has its answer.
      if (response.headersSent || response.destroyed || response.socket?.destroyed !== false) response.destroy();
      else if (error instanceof OverQuota) {
        // The rest of the file is not read.
        response.setHeader('connection', 'close');
        respond(response, error.status, { code: 1, error: error.message });
      } else {
        report(error);
        respond(response, 500, { code: 1, error: 'the file could not be stored' });
      }
    };

  /** Ends what stands still, and what takes too long as a whole. */
  const limitTime = (request: IncomingMessage, response: ServerResponse): void => {
    const end = (): void => {
      if (response.headersSent || request.complete) {
        response.destroy();
        return;
      }
      // The file has no more to come, though its sender may think so.
      response.once('finish', () => request.destroy());
      respond(response, 408, { code: 1, error: 'the file came too slowly' });
    };
    response.setTimeout(timerTime(limits.stallTimeout), end);
    const late = setTimeout(end, timerTime(limits.transferTimeout));
    response.once('close', () => {
      clearTimeout(late);
    });
  };

  return (request, response) => {
    const path = pathOf(request);
    if (!path.startsWith(PREFIX)) return false;
    const file = path.slice(PREFIX.length);
    const { method } = request;
    limitTime(request, response);
    if (method === 'OPTIONS') {
      response.writeHead(204, CORS).end();
    } else if (method === 'POST') {
      if (Number(request.headers['content-length'] ?? 0) > maxBytes)
        failed(response)(new OverQuota(413, `a file has at most ${maxBytes} bytes`));
      else void store(request, response, baseName(decoded(file))).catch(failed(response));
    } else if ((method === 'GET' || method === 'HEAD') && STORED.test(file)) {
      void serve(request, response, file).catch(() => {
        if (response.headersSent) response.destroy();
        else respond(response, 404, NO_FILE);
      });
    } else respond(response, 404, NO_FILE);
    return true;
  };
};
