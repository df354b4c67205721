/** What the vendor's storage SDKs ask about files (protocol: `/1.1/fileTokens`, `/1.1/files`, `/1.1/fileCallback`). */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { either as E } from 'fp-ts';
import { JsonObject, parseJson } from '../../codecs/index.js';
import type { ServerClock } from '../clock.js';
import { readBody } from './body.js';
import { pathOf, respond, type Endpoint } from './respond.js';
import { STORED } from './upload-directory.js';
import {
  baseName,
  decoded,
  extensionOf,
  extensionOfType,
  NO_FILE,
  typeOf,
  type UploadTaking,
} from './upload-taking.js';
import type { UploadTickets } from './upload-tickets.js';

export interface FilesOptions {
  readonly directory: string;
  readonly taking: UploadTaking;
  readonly tickets: UploadTickets;
  readonly clock: ServerClock;
}

const FILES = '/1.1/files';
/** The SDKs want the name of a bucket. */
const BUCKET = 'uploads';
/** The body of a request that sends no file, bytes. */
const MAX_BODY = 16_384;

/** All of the vendor's SDKs know this provider: they send the file by PUT. */
const BODY = 's3';
/** To this one, they send a form. A mini program can't do anything else. */
const FORM = 'qiniu';
/** What the JavaScript SDK says of itself in a mini program, as in `LeanCloud-JS-SDK/4.15.2 (Weapp)`. */
const isMiniProgram = ({ headers }: IncomingMessage): boolean =>
  /\((?:Weapp|Toutiao|Baidu|Alipay)\b/.test(String(headers['x-lc-ua'] ?? ''));

const textAt = (json: JsonObject, key: string): string => {
  const value = json[key];
  return typeof value === 'string' ? value : '';
};

/** The body of a request: an empty object if it is none. Answers a request whose body is too long. */
const objectIn = async (request: IncomingMessage, response: ServerResponse): Promise<JsonObject | undefined> => {
  const text = await readBody(request, MAX_BODY);
  if (text === undefined) {
    respond(response, 413, { code: 1, error: `the body has at most ${MAX_BODY} bytes` });
    return undefined;
  }
  const json = parseJson(text);
  return E.isRight(json) && JsonObject.is(json.right) ? json.right : {};
};

export const files = ({ directory, taking, tickets, clock }: FilesOptions): Endpoint => {
  const { known, fresh, take, addressOf, isTooLong, failed, limitTime } = taking;
  const now = (): string => new Date(clock.now()).toISOString();
  type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

  /** Tells where a file is to be put, and where it will be. */
  const issue: Serve = async (request, response) => {
    const by = await known(request, response);
    const wanted = by === undefined ? undefined : await objectIn(request, response);
    if (by === undefined || wanted === undefined) return;
    const type = textAt(wanted, 'mime_type');
    const extension =
      extensionOf(textAt(wanted, 'name')) || extensionOf(textAt(wanted, 'key')) || extensionOfType(type);
    const ticket = fresh(extension, by);
    const [token, url] = [tickets.issue(ticket), addressOf(request, ticket.name)];
    respond(response, 201, {
      provider: isMiniProgram(request) ? FORM : BODY,
      ...{ objectId: ticket.name, key: ticket.name, bucket: BUCKET, token, url },
      upload_url: `${url}?token=${token}`,
      mime_type: type === '' ? typeOf(ticket.name) : type,
      createdAt: now(),
    });
  };

  /** The SDK has uploaded a file, or could not. What was not uploaded is not there, so there is nothing to do. */
  const called: Serve = async (request, response) => {
    if ((await objectIn(request, response)) !== undefined) respond(response, 200, {});
  };

  /** A file that lies elsewhere gets an id. Nothing is kept: a message has the address of its file. */
  const named: Serve = async (request, response) => {
    const by = await known(request, response);
    const file = by === undefined ? undefined : await objectIn(request, response);
    if (file === undefined) return;
    const [url, name] = [textAt(file, 'url'), textAt(file, 'name')];
    if (url === '') respond(response, 400, { code: 107, error: 'url should be the address of the file' });
    else respond(response, 201, { objectId: randomBytes(16).toString('hex'), url, name, createdAt: now() });
  };

  /** Stores the body. */
  const store = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    const by = await known(request, response);
    if (by === undefined) return;
    const ticket = fresh(extensionOf(name), by);
    const size = await take(request, ticket);
    const url = addressOf(request, ticket.name);
    respond(response, 201, { objectId: ticket.name, url, name, size, bucket: BUCKET, createdAt: now() });
  };

  const describe = async (request: IncomingMessage, response: ServerResponse, stored: string): Promise<void> => {
    const found = await stat(join(directory, stored)).catch(() => undefined);
    if (found === undefined) {
      respond(response, 404, NO_FILE);
      return;
    }
    const at = found.mtime.toISOString();
    const url = addressOf(request, stored);
    respond(response, 200, {
      ...{ objectId: stored, name: stored, url, mime_type: typeOf(stored), bucket: BUCKET },
      ...{ metaData: { size: found.size }, createdAt: at, updatedAt: at },
    });
  };

  const posts: ReadonlyMap<string, Serve> = new Map([
    ['/1.1/fileTokens', issue],
    ['/1.1/fileCallback', called],
    [FILES, named],
  ]);

  /** Undefined if the request is about something else. */
  const serve = (request: IncomingMessage, response: ServerResponse): Promise<void> | undefined => {
    const { method } = request;
    const path = pathOf(request);
    const post = method === 'POST' ? posts.get(path) : undefined;
    if (post !== undefined) return post(request, response);
    if (!path.startsWith(`${FILES}/`)) return undefined;
    const file = decoded(path.slice(FILES.length + 1));
    if (method === 'GET') return STORED.test(file) ? describe(request, response, file) : undefined;
    if (method !== 'POST') return undefined;
    limitTime(request, response);
    return isTooLong(request, response) ? Promise.resolve() : store(request, response, baseName(file));
  };

  return (request, response) => {
    const served = serve(request, response);
    void served?.catch(failed(response));
    return served !== undefined;
  };
};
