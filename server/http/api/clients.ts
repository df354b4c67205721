/** Clients: online state, kicks, unread counts. */
import * as c from '../../../codecs/type.js';
import { Int32, record, type ConversationInfo } from '../../../codecs/index.js';
import type { App } from '../../app.js';
import type { BackEnd } from '../../back-end.js';
import { pageAfter } from './clients-of.js';
import { subscribedAt } from './subscribed-at.js';
import { bodyAs, BadRequest, integerIn, param, textIn, type ApiRoute } from './request.js';

const Clients = record('Clients', { client_ids: c.array(c.string) }, {});
const Kick = record('Kick', {}, { reason: c.string, code: Int32 });

const path = '/1.2/rtm/clients';

/** Subscriptions in one answer. */
const MAX_SUBSCRIPTIONS = 50;
/** Conversations that a search gives at once. */
const FOUND_AT_ONCE = 1_000;

/** The system conversations that a client has subscribed to, the earliest subscription first. */
const subscriptionsOf = async (
  app: App,
  backEnd: BackEnd,
  clientId: string,
): Promise<readonly (readonly [id: string, timestamp: number])[]> => {
  const infos: ConversationInfo[] = [];
  for (;;) {
    const found = await backEnd.find({
      where: { m: clientId },
      kinds: ['system'],
      ...{ sort: 'createdAt', skip: infos.length, limit: FOUND_AT_ONCE },
    });
    infos.push(...found);
    if (found.length < FOUND_AT_ONCE) break;
  }
  const times = await subscribedAt(app, clientId, infos);
  return infos.map(({ id }, index) => [id, times[index] ?? 0] as const).sort(([, one], [, other]) => one - other);
};

export const clientRoutes = (app: App, backEnd: BackEnd): readonly ApiRoute[] => [
  {
    method: 'POST',
    path: `${path}/check-online`,
    answer: async (request) => [200, { results: await backEnd.online(bodyAs(Clients, request).client_ids) }],
  },
  {
    method: 'POST',
    path: `${path}/:client/kick`,
    answer: async (request) => {
      await backEnd.kick(param(request, 'client'), bodyAs(Kick, request));
      return [200, {}];
    },
  },
  {
    method: 'GET',
    path: `${path}/:client/unread-count`,
    answer: async (request) => [
      200,
      { count: await backEnd.unreadCount(param(request, 'client'), textIn(request, 'conv_id')) },
    ],
  },
  {
    method: 'GET',
    path: `${path}/:client/service-conversations`,
    answer: async (request) => {
      const subscriber = param(request, 'client');
      const limit = Math.min(integerIn(request, 'limit') ?? MAX_SUBSCRIPTIONS, MAX_SUBSCRIPTIONS);
      const direction = textIn(request, 'direction') ?? 'new';
      if (direction !== 'new' && direction !== 'old') throw new BadRequest('direction should be new or old');
      const all = await subscriptionsOf(app, backEnd, subscriber);
      const ordered = direction === 'new' ? all : all.toReversed();
      const times = new Map(ordered);
      const page = pageAfter([...times.keys()], textIn(request, 'conv_id'), limit);
      return [200, page.map((id) => ({ timestamp: times.get(id), subscriber, conv_id: id }))];
    },
  },
  {
    method: 'GET',
    path: '/1.2/rtm/stats',
    answer: async () => {
      const { online, today } = await backEnd.clientCounts();
      return [200, { result: { online_user_count: online, user_count_today: today } }];
    },
  },
];
