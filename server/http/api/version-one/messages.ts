/** Messages by the paths of version 1.1. */
import { defined } from '../../../../codecs/defined.js';
import * as c from '../../../../codecs/type.js';
import { record } from '../../../../codecs/index.js';
import type { App } from '../../../app.js';
import type { BackEnd } from '../../../back-end.js';
import type { Answer } from '../../respond.js';
import { changed, editOf, historyOf, messageOf, mentions, pageOf, sending, sent, body } from '../messages.js';
import { pageAcross } from '../across.js';
import { bodyAs, BadRequest, neededIn, textIn, type ApiRoute } from '../request.js';

const addressed = { ...body, conv_id: c.string };
const options = { ...mentions, ...sending, from_peer: c.string, from_client: c.string };
const Message = record('Message', addressed, { ...options, to_peers: c.array(c.string) });
const Broadcast = record('Broadcast', addressed, options);
const Log = record('Log', { 'conv-id': c.string, 'msg-id': c.string, data: c.string }, { bin: c.boolean });

const path = '/1.1/rtm';

/** `toAll`: to all clients that are online, or to all subscribers. */
const broadcasting = (backEnd: BackEnd, at: string, how: 'broadcast' | 'send'): ApiRoute => ({
  method: 'POST',
  path: at,
  answer: async (request) => {
    const wanted = bodyAs(Broadcast, request);
    const { kind } = await backEnd.get(wanted.conv_id);
    if (kind !== 'system') throw new BadRequest('conv_id: only a system conversation has broadcasts');
    return sent(await backEnd[how](wanted.conv_id, messageOf(wanted, wanted.from_peer ?? wanted.from_client)));
  },
});

export const versionOneMessages = (app: App, backEnd: BackEnd): readonly ApiRoute[] => [
  {
    method: 'POST',
    path: `${path}/messages`,
    answer: async (request): Promise<Answer> => {
      // For the sake of its first clients, version 1.1 sends what is not said to be stored as a transient message.
      const { transient = true, ...wanted } = bodyAs(Message, request);
      const { conv_id: id, to_peers: to, from_peer: from = wanted.from_client } = wanted;
      const { kind } = await backEnd.get(id);
      if (to !== undefined && kind !== 'system')
        throw new BadRequest('to_peers: only messages of system conversations have them');
      const priority = wanted.priority ?? (kind === 'room' ? 'high' : undefined);
      const message = messageOf({ ...wanted, transient, ...defined({ priority }) }, from);
      return sent(await backEnd.send(id, { ...message, ...defined({ to }) }));
    },
  },
  broadcasting(backEnd, `${path}/broadcast`, 'broadcast'),
  broadcasting(backEnd, `${path}/broadcast/subscriber`, 'send'),
  ...['logs', 'history'].map((name): ApiRoute => ({
    method: 'GET',
    path: `${path}/messages/${name}`,
    answer: async (request) => {
      const id = textIn(request, 'convid');
      if (id === undefined) return pageAcross(app, backEnd, request, textIn(request, 'from'));
      const query = historyOf(request);
      const { kind } = await backEnd.get(id);
      return pageOf(await backEnd.history(id, query), query.direction, () => kind === 'room');
    },
  })),
  {
    method: 'DELETE',
    path: `${path}/messages/logs`,
    answer: async (request) => {
      await backEnd.deleteMessage(neededIn(request, 'convid'), neededIn(request, 'msgid'));
      return [200, {}];
    },
  },
  {
    method: 'PUT',
    path: `${path}/messages/logs`,
    answer: async (request) => {
      const { 'conv-id': id, 'msg-id': messageId, data: message, bin } = bodyAs(Log, request);
      return changed(await backEnd.edit(id, messageId, editOf({ message, ...defined({ bin }) })));
    },
  },
];
