/** The roles in a conversation (protocol: `/1.1/classes/_ConversationMemberInfo`). */
import type { IncomingMessage } from 'node:http';
import { either as E } from 'fp-ts';
import * as c from '../../codecs/type.js';
import { parseJson, record, type MemberRole } from '../../codecs/index.js';
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
    const query = queryOf(request);
    const json = parseJson(query.get('where') ?? '');
    const where: unknown = E.isRight(json) ? json.right : undefined;
    // The C# SDK names the conversation by `cid`, all others by `where`.
    const cid = Where.is(where) ? where.cid : query.get('cid');
    if (cid === null) return [400, { code: 107, error: 'where should be {"cid": the id of a conversation}' }];
    try {
      await asMember(app, { isBackEnd: false, clientId }, cid, 4317);
    } catch (error) {
      if (error instanceof Refusal) return [403, { code: error.code, error: error.detail }];
      throw error;
    }
    const roles = await app.store.roles(cid);
    // The vendor's server has no row for the owner, whom the conversation names: the Swift SDK relies on that.
    const isWanted = ([, role]: readonly [string, MemberRole]): boolean =>
      role !== 'Owner' || query.get('owner') === 'true';
    return [200, { results: [...roles].filter(isWanted).map(([member, role]) => ({ clientId: member, cid, role })) }];
  };
  return jsonEndpoint({ method: 'GET', path: '/1.1/classes/_ConversationMemberInfo', answer, report: app.report });
};
