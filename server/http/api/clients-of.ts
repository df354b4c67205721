/** The clients of a conversation: members or subscribers, silenced clients, blocked clients, roles. */
import { createHash } from 'node:crypto';
import { defined } from '../../../codecs/defined.js';
import * as c from '../../../codecs/type.js';
import { record, type MemberRole } from '../../../codecs/index.js';
import type { App } from '../../app.js';
import type { BackEnd, PageOf } from '../../back-end.js';
import type { Outcome } from '../../domain/conversations/members.js';
import { Refusal } from '../../domain/refusal.js';
import type { Answer } from '../respond.js';
import { changedAt, chatRooms, named, services, type Family } from './family.js';
import { statusOf } from './refused.js';
import { subscribedAt } from './subscribed-at.js';
import { bodyAs, BadRequest, integerIn, neededIn, param, textIn, type ApiRequest, type ApiRoute } from './request.js';

const Clients = record('Clients', {}, { client_ids: c.array(c.string), client_id: c.string });
const Role = record('Role', { role: c.keyof({ Manager: null, Member: null }, '"Manager" or "Member"') }, {});
const roles = c.keyof({ Owner: null, Manager: null, Member: null }, '"Owner", "Manager" or "Member"');
const Info = record('MemberInfo', { role: roles }, { clientId: c.string });

/** The clients that a body names: many, or one. */
const clientsIn = (request: ApiRequest): readonly string[] => {
  const { client_ids: many, client_id: one } = bodyAs(Clients, request);
  const clientIds = many ?? (one === undefined ? undefined : [one]);
  if (clientIds === undefined) throw new BadRequest('client_ids should be Array<string>, but is undefined');
  return clientIds;
};

/**
 * For which clients the action succeeded, and for which it failed. If it failed for all, the answer is the first
 * failure.
 */
export const outcome = ({ allowed, failed }: Outcome, beside: object = {}): Answer => {
  const failures = failed.map(({ code, detail, pids }) => ({ code, error: detail, client_ids: pids }));
  const [first] = failed;
  if (first === undefined || allowed.length > 0) return [200, { ...beside, allowed, failed: failures }];
  return [statusOf(first.code), { code: first.code, error: first.detail, failed: failures }];
};

type Change = 'addMembers' | 'removeMembers' | 'silence' | 'unsilence' | 'block' | 'unblock';

/** Puts the clients that the body names on a list, or takes them off it. */
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
    const clientIds = clientsIn(request);
    const { id } = await named(backEnd, family, request);
    const made = await backEnd[change](id, clientIds);
    // Only the vendor's answers about members and subscribers name the conversation.
    return outcome(made, list === 'members' ? changedAt(await backEnd.get(id)) : {});
  },
});

/** Clients can't be added to a chat room, or removed from it. */
export const memberRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => [
  {
    method: 'GET',
    path: `${family.path}/:id/members`,
    answer: async (request) => {
      const { id } = await named(backEnd, family, request);
      return [200, { result: await backEnd.members(id) }];
    },
  },
  changing(backEnd, family, 'POST', 'members', 'addMembers'),
  changing(backEnd, family, 'DELETE', 'members', 'removeMembers'),
];

export const onlineCountRoute = (backEnd: BackEnd): ApiRoute => ({
  method: 'GET',
  path: `${chatRooms.path}/:id/members/online-count`,
  answer: async (request) => {
    const { id } = await named(backEnd, chatRooms, request);
    return [200, { result: await backEnd.memberCount(id) }];
  },
});

/** Subscribers in one answer: the vendor gives no more. */
const MAX_SUBSCRIBERS = 50;

/** The items after one of them. */
export const pageAfter = (all: readonly string[], after: string | undefined, limit: number): readonly string[] => {
  const start = after === undefined ? 0 : all.indexOf(after) + 1;
  return after !== undefined && start === 0 ? [] : all.slice(start, start + limit);
};

export const subscriberRoutes = (app: App, backEnd: BackEnd): readonly ApiRoute[] => {
  const path = `${services.path}/:id/subscribers`;
  return [
    {
      method: 'GET',
      path,
      answer: async (request) => {
        const limit = Math.min(integerIn(request, 'limit') ?? MAX_SUBSCRIBERS, MAX_SUBSCRIBERS);
        const info = await named(backEnd, services, request);
        const clients = pageAfter(info.members ?? [], textIn(request, 'client_id'), limit);
        const rows = clients.map(async (subscriber) => {
          const [timestamp] = await subscribedAt(app, subscriber, [info]);
          return { timestamp, subscriber, conv_id: info.id };
        });
        return [200, await Promise.all(rows)];
      },
    },
    {
      method: 'GET',
      path: `${path}/count`,
      answer: async (request) => {
        const { id } = await named(backEnd, services, request);
        return [200, { count: await backEnd.memberCount(id) }];
      },
    },
    changing(backEnd, services, 'POST', 'subscribers', 'addMembers'),
    changing(backEnd, services, 'DELETE', 'subscribers', 'removeMembers'),
    {
      method: 'DELETE',
      path: `${path}/:client`,
      answer: async (request) => {
        const { id } = await named(backEnd, services, request);
        return outcome(await backEnd.removeMembers(id, [param(request, 'client')]));
      },
    },
  ];
};

/** Who gets no push notifications. */
export const muteRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => {
  const path = `${family.path}/:id/mutes`;
  const change = (method: 'POST' | 'DELETE', how: 'mute' | 'unmute'): ApiRoute => ({
    method,
    path,
    answer: async (request) => {
      const clientIds = clientsIn(request);
      const { id } = await named(backEnd, family, request);
      await backEnd[how](id, clientIds);
      return [200, changedAt(await backEnd.get(id))];
    },
  });
  return [
    {
      method: 'GET',
      path,
      answer: async (request) => [200, { result: (await named(backEnd, family, request)).mutedMembers ?? [] }],
    },
    change('POST', 'mute'),
    change('DELETE', 'unmute'),
  ];
};

/** The vendor keeps a row for each role. Ours have an id that follows from what they are about. */
const infoId = (conversationId: string, clientId: string): string =>
  createHash('sha256').update(`${conversationId}:${clientId}`).digest('hex').slice(0, 24);

const DEFAULT_INFOS = 100;

/** The rows of roles. The owner has none, as in the cloud: the conversation names its creator. */
const infosOf = async (
  backEnd: BackEnd,
  conversationId: string,
): Promise<readonly { readonly clientId: string; readonly objectId: string; readonly role: MemberRole }[]> =>
  [...(await backEnd.roles(conversationId))]
    .filter(([, role]) => role !== 'Owner')
    .map(([clientId, role]) => ({ clientId, objectId: infoId(conversationId, clientId), role }));

const ownerKept = (role: MemberRole): 'Manager' | 'Member' => {
  if (role === 'Owner') throw new Refusal(4324, 'the owner is who has made the conversation');
  return role;
};

/** The members that are managers. */
export const roleRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => {
  const path = `${family.path}/:id/member-infos`;
  const one = `${path}/:info`;

  const setRole = async (id: string, clientId: string, role: MemberRole): Promise<Answer> => {
    await backEnd.setRole(id, clientId, ownerKept(role));
    return [200, { objectId: infoId(id, clientId), updatedAt: changedAt(await backEnd.get(id)).updatedAt }];
  };

  /** The client that a row is about. */
  const clientOf = async (request: ApiRequest, id: string): Promise<string> => {
    const wanted = param(request, 'info');
    const found = (await infosOf(backEnd, id)).find(({ objectId }) => objectId === wanted);
    if (found === undefined) throw new Refusal(4303, `there is no role with the id ${wanted}`);
    return found.clientId;
  };

  return [
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
    {
      method: 'GET',
      path,
      answer: async (request) => {
        const [skip, limit] = [integerIn(request, 'skip') ?? 0, integerIn(request, 'limit') ?? DEFAULT_INFOS];
        const role = textIn(request, 'role');
        const { id } = await named(backEnd, family, request);
        const infos = (await infosOf(backEnd, id)).filter((info) => role === undefined || info.role === role);
        return [200, { results: infos.slice(skip, skip + limit) }];
      },
    },
    {
      method: 'POST',
      path,
      answer: async (request) => {
        const { role, clientId } = bodyAs(Info, request);
        if (clientId === undefined) throw new BadRequest('clientId should be string, but is undefined');
        const { id } = await named(backEnd, family, request);
        return setRole(id, clientId, role);
      },
    },
    {
      method: 'PUT',
      path: one,
      answer: async (request) => {
        const { role } = bodyAs(Info, request);
        const { id } = await named(backEnd, family, request);
        return setRole(id, await clientOf(request, id), role);
      },
    },
    {
      method: 'DELETE',
      path: one,
      answer: async (request) => {
        const { id } = await named(backEnd, family, request);
        await backEnd.setRole(id, await clientOf(request, id), 'Member');
        return [200, {}];
      },
    },
  ];
};

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

const Silence = record('Silence', { client_id: c.string, ttl: c.number }, {});

/** Who may not send for some time. */
const temporaryRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => {
  const path = `${family.path}/:id/temporary-silenceds`;
  return [
    {
      method: 'POST',
      path,
      answer: async (request) => {
        const { client_id: clientId, ttl } = bodyAs(Silence, request);
        const { id } = await named(backEnd, family, request);
        await backEnd.silenceFor(id, clientId, ttl);
        return [200, {}];
      },
    },
    {
      method: 'DELETE',
      path,
      answer: async (request) => {
        const clientId = neededIn(request, 'client_id');
        const { id } = await named(backEnd, family, request);
        await backEnd.silenceFor(id, clientId);
        return [200, {}];
      },
    },
  ];
};

/** The silenced clients and the blocked clients. */
export const listRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => [
  ...temporaryRoutes(backEnd, family),
  listing(backEnd, family, 'permanent-silenceds', 'silenced'),
  changing(backEnd, family, 'POST', 'permanent-silenceds', 'silence'),
  changing(backEnd, family, 'DELETE', 'permanent-silenceds', 'unsilence'),
  listing(backEnd, family, 'blacklists', 'blocked'),
  changing(backEnd, family, 'POST', 'blacklists', 'block'),
  changing(backEnd, family, 'DELETE', 'blacklists', 'unblock'),
];
