/** Clients: online state, kicks, unread counts. */
import * as c from '../../../codecs/type.js';
import { Int32, record } from '../../../codecs/index.js';
import type { BackEnd } from '../../back-end.js';
import { bodyAs, param, type ApiRoute } from './request.js';

const Clients = record('Clients', { client_ids: c.array(c.string) }, {});
const Kick = record('Kick', {}, { reason: c.string, code: Int32 });

const path = '/1.2/rtm/clients';

export const clientRoutes = (backEnd: BackEnd): readonly ApiRoute[] => [
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
    answer: async (request) => [200, { count: await backEnd.unreadCount(param(request, 'client')) }],
  },
];
