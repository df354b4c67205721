/** Clients, and subscribers of system conversations, by the paths of version 1.1. */
import * as c from '../../../../codecs/type.js';
import { record } from '../../../../codecs/index.js';
import type { BackEnd } from '../../../back-end.js';
import { Refusal } from '../../../domain/refusal.js';
import { outcome } from '../clients-of.js';
import { bodyAs, neededIn, param, type ApiRoute } from '../request.js';

const Subscription = record('Subscription', { conv_id: c.string, client_id: c.string }, {});
/** Version 1.1 calls a silence a blacklist. */
const Silence = record('Silence', { conv_id: c.string, client_id: c.string, ttl: c.number }, {});
const Kick = record('Kick', { client_id: c.string }, { reason: c.string });
const Peers = record('Peers', { peers: c.array(c.string) }, {});

const path = '/1.1/rtm';

const subscribing = async (
  backEnd: BackEnd,
  how: 'addMembers' | 'removeMembers',
  { conv_id: id, client_id: clientId }: { readonly conv_id: string; readonly client_id: string },
) => {
  const { kind } = await backEnd.get(id);
  if (kind !== 'system') throw new Refusal(4313, 'only a system conversation has subscribers');
  return outcome(await backEnd[how](id, [clientId]));
};

export const versionOneClients = (backEnd: BackEnd): readonly ApiRoute[] => [
  {
    method: 'POST',
    path: `${path}/conversation/subscription`,
    answer: (request) => subscribing(backEnd, 'addMembers', bodyAs(Subscription, request)),
  },
  {
    method: 'DELETE',
    path: `${path}/conversation/subscription`,
    answer: (request) =>
      subscribing(backEnd, 'removeMembers', {
        conv_id: neededIn(request, 'conv_id'),
        client_id: neededIn(request, 'client_id'),
      }),
  },
  {
    method: 'POST',
    path: `${path}/conversation/blacklist`,
    answer: async (request) => {
      const { conv_id: id, client_id: clientId, ttl } = bodyAs(Silence, request);
      await backEnd.silenceFor(id, clientId, ttl);
      return [200, {}];
    },
  },
  {
    method: 'DELETE',
    path: `${path}/conversation/blacklist`,
    answer: async (request) => {
      await backEnd.silenceFor(neededIn(request, 'conv_id'), neededIn(request, 'client_id'));
      return [200, {}];
    },
  },
  {
    method: 'GET',
    path: `${path}/transient_group/onlines`,
    answer: async (request) => [200, { result: await backEnd.memberCount(neededIn(request, 'gid')) }],
  },
  {
    method: 'GET',
    path: `${path}/messages/unread/:client`,
    answer: async (request) => [200, { count: await backEnd.unreadCount(param(request, 'client')) }],
  },
  {
    method: 'GET',
    path: `${path}/messages/unread/:client/:id`,
    answer: async (request) => [
      200,
      { count: await backEnd.unreadCount(param(request, 'client'), param(request, 'id')) },
    ],
  },
  {
    method: 'POST',
    path: `${path}/online`,
    answer: async (request) => [200, { results: await backEnd.online(bodyAs(Peers, request).peers) }],
  },
  {
    method: 'POST',
    path: `${path}/client/kick`,
    answer: async (request) => {
      const { client_id: clientId, ...how } = bodyAs(Kick, request);
      await backEnd.kick(clientId, how);
      return [200, {}];
    },
  },
];
