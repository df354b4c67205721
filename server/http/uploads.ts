/** Files of messages, stored in a directory. */
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import mime from 'mime';
import { CORS, pathOf, respond, type Endpoint } from './respond.js';

export interface UploadOptions {
  /** Directory of the files. It is created if it does not exist. */
  readonly directory: string;
  /** Size of one file, bytes. A larger one is refused with status 413. Default 10 MiB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 10 * 1_024 * 1_024;
const PREFIX = '/uploads/';
/**
 * The name of a stored file: random, with an extension for its type. No part of the name that the sender gives gets
 * into the file system.
 */
const STORED = /^[0-9a-f]{32}(?:\.[a-z0-9]{1,8})?$/;

class TooLong extends Error {}

/** Fails a stream that is longer than `maxBytes`. */
const atMost = (maxBytes: number): Transform & { readonly size: () => number } => {
  let size = 0;
  const limit = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      if (size > maxBytes) done(new TooLong(`a file has at most ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  return Object.assign(limit, { size: () => size });
};

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

/** Media may be shown in the page. Every other type is a download, so that no uploaded HTML runs on this origin. */
const isMedia = (type: string): boolean => /^(?:image\/(?!svg)|audio\/|video\/)/.test(type);

export const uploads = (
  { directory, maxBytes = MAX_BYTES }: UploadOptions,
  report: (error: unknown) => void,
): Endpoint => {
  const store = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const objId = randomBytes(16).toString('hex');
    const stored = `${objId}${extensionOf(name)}`;
    const [path, part] = [join(directory, stored), join(directory, `${objId}.part`)];
    const limit = atMost(maxBytes);
    await mkdir(directory, { recursive: true });
    try {
      await pipeline(request, limit, createWriteStream(part, { flags: 'wx' }));
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    const host = request.headers.host ?? '';
    respond(response, 201, {
      url: `http://${host}${PREFIX}${stored}`,
      objId,
      metaData: { name, size: limit.size(), mime_type: mime.getType(stored) ?? 'application/octet-stream' },
    });
  };

  const serve = async (response: ServerResponse, name: string): Promise<void> => {
    const path = join(directory, name);
    const { size } = await stat(path);
    const type = mime.getType(name) ?? 'application/octet-stream';
    response.writeHead(200, {
      'content-type': type,
      'content-length': size,
      'x-content-type-options': 'nosniff',
      'content-disposition': isMedia(type) ? 'inline' : 'attachment',
      'cache-control': 'public, max-age=31536000, immutable',
      ...CORS,
    });
    await pipeline(createReadStream(path), response);
  };

  const failed =
    (response: ServerResponse) =>
    (error: unknown): void => {
      if (error instanceof TooLong) respond(response, 413, { code: 1, error: error.message });
      // The sender or the receiver has gone.
      else if (response.headersSent || response.destroyed || response.socket?.destroyed !== false) response.destroy();
      else {
        report(error);
        respond(response, 500, { code: 1, error: 'the file could not be stored' });
      }
    };

  return (request, response) => {
    const path = pathOf(request);
    if (!path.startsWith(PREFIX)) return false;
    const name = baseName(decoded(path.slice(PREFIX.length)));
    if (request.method === 'OPTIONS') {
      response.writeHead(204, CORS).end();
    } else if (request.method === 'POST') {
      if (Number(request.headers['content-length'] ?? 0) > maxBytes)
        failed(response)(new TooLong(`a file has at most ${maxBytes} bytes`));
      else void store(request, response, name).catch(failed(response));
    } else if (request.method === 'GET' && STORED.test(path.slice(PREFIX.length))) {
      void serve(response, name).catch(() => {
        if (response.headersSent) response.destroy();
        else respond(response, 404, { code: 101, error: 'there is no such file' });
      });
    } else respond(response, 404, { code: 101, error: 'there is no such file' });
    return true;
  };
};
