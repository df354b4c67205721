/** The clients of a conversation: members or subscribers, silenced clients, blocked clients. */
import { defined } from '../../../codecs/defined.js';
import * as c from '../../../codecs/type.js';
import { record } from '../../../codecs/index.js';
import type { BackEnd, PageOf } from '../../back-end.js';
import type { Outcome } from '../../domain/conversations/members.js';
import type { Answer } from '../respond.js';
import { named, type Family } from './family.js';
import { statusOf } from './refused.js';
import { bodyAs, integerIn, param, type ApiRequest, type ApiRoute } from './request.js';

const Clients = record('Clients', { client_ids: c.array(c.string) }, {});
const Role = record('Role', { role: c.keyof({ Manager: null, Member: null }, '"Manager" or "Member"') }, {});

/**
 * For which clients the action succeeded, and for which it failed. If it failed for all, the answer is the first
 * failure.
 */
const outcome = ({ allowed, failed }: Outcome): Answer => {
  const failures = failed.map(({ code, detail, pids }) => ({ code, error: detail, client_ids: pids }));
  const [first] = failed;
  if (first === undefined || allowed.length > 0) return [200, { allowed, failed: failures }];
  return [statusOf(first.code), { code: first.code, error: first.detail, failed: failures }];
};

type Change = 'addMembers' | 'removeMembers' | 'silence' | 'unsilence' | 'block' | 'unblock';

/** Puts the clients of `client_ids` on a list, or takes them off it. */
const changing = (
  backEnd: BackEnd,
  family: Family,
  method: 'POST' | 'DELETE',
  list: string,
  change: Change,
): ApiRoute => ({
  method,
  path: `${family.path}/:id/${list}`,
  answer: async (request) => {
    const { client_ids: clientIds } = bodyAs(Clients, request);
    const { id } = await named(backEnd, family, request);
    return outcome(await backEnd[change](id, clientIds));
  },
});

/** `list` is the name of the clients in the path. Clients can't be added to a chat room, or removed from it. */
export const memberRoutes = (
  backEnd: BackEnd,
  family: Family,
  list: 'members' | 'subscribers',
): readonly ApiRoute[] => [
  {
    method: 'GET',
    path: `${family.path}/:id/${list}`,
    answer: async (request) => {
      const { id } = await named(backEnd, family, request);
      return [200, { result: await backEnd.members(id) }];
    },
  },
  changing(backEnd, family, 'POST', list, 'addMembers'),
  changing(backEnd, family, 'DELETE', list, 'removeMembers'),
];

/** The members that are managers. */
export const roleRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => [
  {
    method: 'PUT',
    path: `${family.path}/:id/members/:client/role`,
    answer: async (request) => {
      const { role } = bodyAs(Role, request);
      const { id } = await named(backEnd, family, request);
      await backEnd.setRole(id, param(request, 'client'), role);
      return [200, {}];
    },
  },
];

const pageOf = (request: ApiRequest): PageOf => {
  const [limit, next] = [integerIn(request, 'limit'), request.query.get('next')];
  return { ...(limit === undefined ? {} : { limit }), ...(next === null ? {} : { next }) };
};

const listing = (backEnd: BackEnd, family: Family, list: string, page: 'silenced' | 'blocked'): ApiRoute => ({
  method: 'GET',
  path: `${family.path}/:id/${list}`,
  answer: async (request) => {
    const { id } = await named(backEnd, family, request);
    const { clientIds, next } = await backEnd[page](id, pageOf(request));
    return [200, { client_ids: clientIds, ...defined({ next }) }];
  },
});

/** The silenced clients and the blocked clients. */
export const listRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => [
  listing(backEnd, family, 'permanent-silenceds', 'silenced'),
  changing(backEnd, family, 'POST', 'permanent-silenceds', 'silence'),
  changing(backEnd, family, 'DELETE', 'permanent-silenceds', 'unsilence'),
  listing(backEnd, family, 'blacklists', 'blocked'),
  changing(backEnd, family, 'POST', 'blacklists', 'block'),
  changing(backEnd, family, 'DELETE', 'blacklists', 'unblock'),
];
