/** The notices that a client has missed while it was away (protocol: `/1.1/rtm/notifications`). */
import type { IncomingMessage } from 'node:http';
import type { ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { fitting } from '../domain/cut.js';
import type { StoredNotice } from '../store/store.js';
import { jsonEndpoint, type Answer, type Endpoint } from './respond.js';
import { UNAUTHORIZED, clientOf, queryOf } from './token.js';

/** Notices in one answer. */
const PAGE = 100;

/** The fields of a notice's body lie beside the fields of its envelope. */
const flat = ({ command }: StoredNotice): object => {
  const { cmd, ...others } = command;
  const body: unknown = Object.entries(others).find(([key]) => key.endsWith('Message'))?.[1];
  const envelope = Object.fromEntries(Object.entries(others).filter(([key]) => !key.endsWith('Message')));
  return { cmd: cmd satisfies ServerCommand['cmd'], ...envelope, ...(body as object | undefined) };
};

export const notifications = (app: App): Endpoint => {
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const clientId = await clientOf(app, request);
    const query = queryOf(request);
    if (clientId === undefined || clientId !== (query.get('client_id') ?? clientId)) return [401, UNAUTHORIZED];
    const since = Number(query.get('start_ts') ?? 0);
    if (!Number.isFinite(since)) return [400, { code: 107, error: 'start_ts should be a time in ms' }];
    const found = await app.store.notices(clientId, since, PAGE + 1);
    const page = found.slice(0, PAGE).map(flat);
    const sizes = page.map((notice) => Buffer.byteLength(JSON.stringify(notice)));
    const count = fitting(sizes, app.limits.answerBytes);
    return [200, { hasMore: count < found.length, notifications: page.slice(0, count) }];
  };
  return jsonEndpoint({ method: 'GET', path: '/1.1/rtm/notifications', answer, report: app.report });
};
