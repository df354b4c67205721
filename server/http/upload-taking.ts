/** Takes files from requests: their bodies, or the file in a form. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import mime from 'mime';
import type { App } from '../app.js';
import { BadForm, boundaryOf, fileIn, FORM_OVERHEAD } from './form-file.js';
import type { Front } from './front.js';
import { respond } from './respond.js';
import { timerTime } from './timer.js';
import { UNAUTHORIZED } from './token.js';
import { storeFile, sweep } from './upload-directory.js';
import { createUploadQuota, OverQuota, type UploadRoom } from './upload-quota.js';
import type { UploadTicket } from './upload-tickets.js';
import type { FindUploader, Uploader } from './uploader.js';

/** The path of the files. */
export const PREFIX = '/uploads/';
export const NO_FILE = { code: 101, error: 'there is no such file' };
const OTHER = 'application/octet-stream';

/** The type of a stored file. */
export const typeOf = (stored: string): string => mime.getType(stored) ?? OTHER;
/** The id of a stored file: its name without the extension. */
export const idOf = (stored: string): string => stored.split('.', 1)[0] ?? '';

export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
};

/** The last part of a path, of Windows or of others. */
export const baseName = (name: string): string => name.split(/[/\\]/).at(-1) ?? '';

export const extensionOf = (name: string): string => {
  const extension = extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,8}$/.test(extension) && mime.getType(extension) !== null ? extension : '';
};

/** The extension of a type; empty if the type is not known. */
export const extensionOfType = (type: string): string => {
  const extension = mime.getExtension(type);
  return extension === null ? '' : extensionOf(`file.${extension}`);
};

/** The form of a request: undefined if its body is the file itself. */
const formOf = ({ method, headers }: IncomingMessage): string | undefined =>
  method === 'POST' ? boundaryOf(headers['content-type']) : undefined;

/** The file that a request brings, of at most `maxBytes`. The connection stays open, so that an answer can be sent. */
async function* contentOf(request: IncomingMessage, room: UploadRoom, maxBytes: number): AsyncGenerator<Buffer> {
  const whole = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  const boundary = formOf(request);
  let size = 0;
  for await (const bytes of boundary === undefined ? whole : fileIn(whole, boundary)) {
    size += bytes.length;
    if (size > maxBytes) throw new OverQuota(413, `a file has at most ${maxBytes} bytes`);
    room.grow(bytes.length);
    yield bytes;
  }
}

export interface UploadTakingOptions {
  readonly directory: string;
  /** The size of one file, bytes. */
  readonly maxBytes: number;
  readonly app: App;
  readonly front: Front;
  readonly uploader: FindUploader;
}

export interface UploadTaking {
  /** Who uploads. Answers the request of nobody. */
  readonly known: (request: IncomingMessage, response: ServerResponse) => Promise<Uploader | undefined>;
  /** A new name for a file. */
  readonly fresh: (extension: string, by: Uploader) => UploadTicket;
  /** Takes the body of a request as a file. Gives its size. Throws `OverQuota`. */
  readonly take: (request: IncomingMessage, ticket: UploadTicket) => Promise<number>;
  /** The address of a stored file. */
  readonly addressOf: (request: IncomingMessage, stored: string) => string;
  /** Whether a file that is announced is too long. That is answered. */
  readonly isTooLong: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Answers a request that has failed. */
  readonly failed: (response: ServerResponse) => (error: unknown) => void;
  /** Ends what stands still, and what takes too long as a whole. */
  readonly limitTime: (request: IncomingMessage, response: ServerResponse) => void;
}

export const createUploadTaking = ({
  directory,
  maxBytes,
  app,
  front,
  uploader,
}: UploadTakingOptions): UploadTaking => {
  const { limits, report } = app;
  const quota = createUploadQuota(limits, app.wall);
  const ready = sweep(directory).then(({ files, bytes }) => {
    quota.found(files, bytes);
  }, report);

  const failed =
    (response: ServerResponse) =>
    (error: unknown): void => {
      // The sender or the receiver has gone, or has its answer.
      if (response.headersSent || response.destroyed || response.socket?.destroyed !== false) response.destroy();
      else if (error instanceof OverQuota) {
        // The rest of the file is not read.
        response.setHeader('connection', 'close');
        respond(response, error.status, { code: 1, error: error.message });
      } else if (error instanceof BadForm) {
        response.setHeader('connection', 'close');
        respond(response, 400, { code: 1, error: error.message });
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

  return {
    failed,
    limitTime,
    known: async (request, response) => {
      const found = await uploader(request);
      if (found === undefined) respond(response, 401, UNAUTHORIZED);
      return found;
    },
    fresh: (extension, by) => ({
      name: `${randomBytes(16).toString('hex')}${extension}`,
      owner: by.isBackEnd ? undefined : by.owner,
    }),
    take: async (request, { name, owner }) => {
      await ready;
      const room = quota.take(owner);
      let size = 0;
      try {
        await storeFile(directory, { id: idOf(name), name }, async (file) => {
          await pipeline(contentOf(request, room, maxBytes), file);
          size = file.bytesWritten;
        });
      } catch (error) {
        room.release();
        throw error;
      }
      return size;
    },
    addressOf: (request, stored) => front.httpUrl(request, `${PREFIX}${stored}`),
    isTooLong: (request, response) => {
      const most = maxBytes + (formOf(request) === undefined ? 0 : FORM_OVERHEAD);
      const isLong = Number(request.headers['content-length'] ?? 0) > most;
      if (isLong) failed(response)(new OverQuota(413, `a file has at most ${maxBytes} bytes`));
      return isLong;
    },
  };
};
