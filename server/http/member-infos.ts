/** The roles in a conversation (protocol: `/1.1/classes/_ConversationMemberInfo`). */
import type { IncomingMessage } from 'node:http';
import { either as E } from 'fp-ts';
import * as c from '../../codecs/type.js';
import { parseJson, record } from '../../codecs/index.js';
import type { App } from '../app.js';
import { asMember } from '../conversations/access.js';
import { Refusal } from '../domain/refusal.js';
import { jsonEndpoint, type Answer, type Endpoint } from './respond.js';
import { UNAUTHORIZED, clientOf, queryOf } from './token.js';

const Where = record('MemberInfoQuery', { cid: c.string }, {});

export const memberInfos = (app: App): Endpoint => {
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const clientId = await clientOf(app, request);
    if (clientId === undefined) return [401, UNAUTHORIZED];
    const json = parseJson(queryOf(request).get('where') ?? '');
    const where: unknown = E.isRight(json) ? json.right : undefined;
    if (!Where.is(where)) return [400, { code: 107, error: 'where should be {"cid": the id of a conversation}' }];
    const { cid } = where;
    try {
      await asMember(app, { isBackEnd: false, clientId }, cid, 4317);
    } catch (error) {
      if (error instanceof Refusal) return [403, { code: error.code, error: error.detail }];
      throw error;
    }
    const roles = await app.store.roles(cid);
    return [200, { results: [...roles].map(([member, role]) => ({ clientId: member, cid, role })) }];
  };
  return jsonEndpoint({ method: 'GET', path: '/1.1/classes/_ConversationMemberInfo', answer, report: app.report });
};
