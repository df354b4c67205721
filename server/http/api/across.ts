/** The messages of all conversations together. */
import { defined } from '../../../codecs/defined.js';
import type { App } from '../../app.js';
import type { BackEnd } from '../../back-end.js';
import type { Answer } from '../respond.js';
import { historyOf, pageOf } from './messages.js';
import { param, type ApiRequest, type ApiRoute } from './request.js';

/** A page of what everybody has sent, or one client. */
export const pageAcross = async (
  app: App,
  backEnd: BackEnd,
  request: ApiRequest,
  sender: string | undefined,
): Promise<Answer> => {
  const query = historyOf(request);
  const messages = await backEnd.messages({ ...query, ...defined({ sender }) });
  const ids = [...new Set(messages.map(({ conversationId }) => conversationId))];
  const rooms = new Set((await app.store.conversations(ids)).flatMap(({ id, kind }) => (kind === 'room' ? [id] : [])));
  return pageOf(messages, query.direction, ({ conversationId }) => rooms.has(conversationId));
};

export const acrossRoutes = (app: App, backEnd: BackEnd): readonly ApiRoute[] => [
  {
    method: 'GET',
    path: '/1.2/rtm/messages',
    answer: (request) => pageAcross(app, backEnd, request, undefined),
  },
  {
    method: 'GET',
    path: '/1.2/rtm/clients/:client/messages',
    answer: (request) => pageAcross(app, backEnd, request, param(request, 'client')),
  },
];
