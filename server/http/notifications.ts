/** The notices that a client has missed while it was away (protocol: `/1.1/rtm/notifications`). */
import type { IncomingMessage } from 'node:http';
import { either as E } from 'fp-ts';
import { JsonObject, parseJson, type ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { fitting } from '../domain/cut.js';
import type { StoredNotice } from '../store/store.js';
import { jsonEndpoint, type Answer, type Endpoint } from './respond.js';
import { UNAUTHORIZED, clientOf, queryOf } from './token.js';

/** Notices in one answer. */
const PAGE = 100;
/** The Swift SDK asks once, and never for the rest. */
const WHOLE_PAGE = 1_000;

/** The fields of a notice's body lie beside the fields of its envelope. */
const flat = ({ command }: StoredNotice): Readonly<Record<string, unknown>> => {
  const { cmd, ...others } = command;
  const body: unknown = Object.entries(others).find(([key]) => key.endsWith('Message'))?.[1];
  const envelope = Object.fromEntries(Object.entries(others).filter(([key]) => !key.endsWith('Message')));
  return { cmd: cmd satisfies ServerCommand['cmd'], ...envelope, ...(body as object | undefined) };
};

/** Attributes are a text of JSON on the wire: `{ data }`. */
const unwrapped = (value: unknown): unknown => {
  const data: unknown = JsonObject.is(value) ? value['data'] : undefined;
  if (typeof data !== 'string') return value;
  const json = parseJson(data);
  return E.isRight(json) ? json.right : value;
};

/** The form that the Swift SDK reads: operations with hyphens, attributes as objects. */
const nested = (notice: StoredNotice): Readonly<Record<string, unknown>> => {
  const { op, ...others } = flat(notice);
  const fields = Object.entries(others).map(([key, value]) => [key, unwrapped(value)] as const);
  return { ...Object.fromEntries<unknown>(fields), ...(typeof op === 'string' ? { op: op.replaceAll('_', '-') } : {}) };
};

export const notifications = (app: App): Endpoint => {
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const clientId = await clientOf(app, request);
    const query = queryOf(request);
    if (clientId === undefined || clientId !== (query.get('client_id') ?? clientId)) return [401, UNAUTHORIZED];
    const since = Number(query.get('start_ts') ?? 0);
    if (!Number.isFinite(since)) return [400, { code: 107, error: 'start_ts should be a time in ms' }];
    const type = query.get('notification_type');
    // Changes of attributes are not kept: whoever has conversations in a cache has to ask for them again.
    const droppable = { notifications: [], invalidLocalConvCache: true };
    if (type === 'droppable') return [200, { ...droppable, hasMore: false }];
    const [most, form] = type === null ? [WHOLE_PAGE, nested] : [PAGE, flat];
    const found = await app.store.notices(clientId, since, most + 1);
    const page = found.slice(0, most).map(form);
    const sizes = page.map((notice) => Buffer.byteLength(JSON.stringify(notice)));
    const count = fitting(sizes, app.limits.answerBytes);
    const permanent = { hasMore: count < found.length, notifications: page.slice(0, count) };
    return [200, type === null ? { permanent, droppable } : permanent];
  };
  return jsonEndpoint({ method: 'GET', path: '/1.1/rtm/notifications', answer, report: app.report });
};
