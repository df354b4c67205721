/** Messages: send, broadcast, history, edit, recall. */
import { either as E, json as J } from 'fp-ts';
import type * as t from 'io-ts';
import * as c from '../../../codecs/type.js';
import { fromStored, JsonObject, record } from '../../../codecs/index.js';
import type { BackEnd, BackEndBody, BackEndEdit, BackEndMessage, History } from '../../back-end.js';
import { restForm } from '../../messages/rest-form.js';
import type { RoomPriority } from '../../notice.js';
import type { StoredMessage } from '../../store/store.js';
import type { Answer } from '../respond.js';
import { chatRooms, named, services, type Family } from './family.js';
import { bodyAs, BadRequest, flagIn, integerIn, param, type ApiRequest, type ApiRoute } from './request.js';

const priorities: ReadonlyMap<string, RoomPriority> = new Map([
  ['high', 1],
  ['normal', 2],
  ['low', 3],
]);

/** One codec instead of a union: its error names both possible types, a union's error would name the first only. */
const Content = c.guarded(
  'a text or a JSON object',
  (input): input is string | JsonObject => c.string.is(input) || JsonObject.is(input),
);

const body = { message: Content };
const mentions = { bin: c.boolean, mention_client_ids: c.array(c.string), mention_all: c.boolean };
const Edit = record('Edit', body, mentions);
const Message = record('Message', body, {
  ...mentions,
  from_client: c.string,
  transient: c.boolean,
  push_data: JsonObject,
  priority: c.string,
  to_clients: c.array(c.string),
});

/** A body: text, the JSON of an object, or bytes in base64. */
const bodyOf = ({ message, bin = false }: t.TypeOf<typeof Edit>): BackEndBody => {
  if (typeof message !== 'string') {
    const json = J.stringify(message);
    if (E.isLeft(json)) throw new BadRequest('message can not be written as JSON');
    return json.right;
  }
  if (!bin) return message;
  const { binaryMsg } = fromStored({ data: message, bin });
  if (binaryMsg === undefined) throw new BadRequest('message should be base64, since bin is true');
  return binaryMsg;
};

const editOf = (edit: t.TypeOf<typeof Edit>): BackEndEdit => ({
  body: bodyOf(edit),
  mentions: edit.mention_client_ids ?? [],
  mentionsAll: edit.mention_all ?? false,
});

const priorityOf = (priority: string): RoomPriority => {
  const known = priorities.get(priority.toLowerCase());
  if (known === undefined) throw new BadRequest(`priority should be ${[...priorities.keys()].join(', ')}`);
  return known;
};

const messageOf = (message: t.TypeOf<typeof Message>, family: Family): BackEndMessage => {
  const { from_client: from, transient = false, push_data: pushData, priority } = message;
  if (priority !== undefined && family !== chatRooms)
    throw new BadRequest('priority: only messages of chat rooms have one');
  return {
    ...editOf(message),
    transient,
    ...(from === undefined ? {} : { from }),
    ...(pushData === undefined ? {} : { pushData }),
    ...(priority === undefined ? {} : { priority: priorityOf(priority) }),
  };
};

const sent = ({ id, timestamp }: StoredMessage): Answer => [200, { result: { 'msg-id': id, timestamp } }];

const changed = ({ editedAt, timestamp }: StoredMessage): Answer => [
  200,
  { result: { 'patch-timestamp': editedAt ?? timestamp } },
];

const historyOf = (request: ApiRequest): History => {
  const [limit, timestamp, id] = [
    integerIn(request, 'limit'),
    integerIn(request, 'max_ts'),
    request.query.get('msgid'),
  ];
  if (id !== null && timestamp === undefined)
    throw new BadRequest('msgid: a message that bounds a page is named with its time, max_ts');
  return {
    direction: flagIn(request, 'reversed') ? 'new' : 'old',
    ...(limit === undefined ? {} : { limit }),
    ...(timestamp === undefined ? {} : { from: { timestamp, ...(id === null ? {} : { id }), included: false } }),
  };
};

export const messageRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => {
  const path = `${family.path}/:id/messages`;
  return [
    {
      method: 'POST',
      path,
      answer: async (request) => {
        const message = bodyAs(Message, request);
        const { to_clients: to } = message;
        if (to !== undefined && family !== services)
          throw new BadRequest('to_clients: only messages of system conversations have them');
        const { id } = await named(backEnd, family, request);
        return sent(await backEnd.send(id, { ...messageOf(message, family), ...(to === undefined ? {} : { to }) }));
      },
    },
    {
      method: 'GET',
      path,
      answer: async (request) => {
        const query = historyOf(request);
        const { id } = await named(backEnd, family, request);
        const messages = await backEnd.history(id, query);
        // The messages nearest to the start of the page come first.
        const ordered = query.direction === 'new' ? messages : [...messages].reverse();
        return [200, { results: ordered.map((message) => restForm(message, family === chatRooms)) }];
      },
    },
    {
      method: 'PUT',
      path: `${path}/:mid`,
      answer: async (request) => {
        const edit = editOf(bodyAs(Edit, request));
        const { id } = await named(backEnd, family, request);
        return changed(await backEnd.edit(id, param(request, 'mid'), edit));
      },
    },
    {
      method: 'PUT',
      path: `${path}/:mid/recall`,
      answer: async (request) => {
        const { id } = await named(backEnd, family, request);
        return changed(await backEnd.recall(id, param(request, 'mid')));
      },
    },
  ];
};

/** Sends a message to every client that is online. */
export const broadcastRoutes = (backEnd: BackEnd): readonly ApiRoute[] => [
  {
    method: 'POST',
    path: `${services.path}/:id/broadcasts`,
    answer: async (request) => {
      const wanted = bodyAs(Message, request);
      // A message for some clients must not reach all of them.
      if (wanted.to_clients !== undefined) throw new BadRequest('to_clients: a broadcast is for everybody');
      const message = messageOf(wanted, services);
      const { id } = await named(backEnd, services, request);
      return sent(await backEnd.broadcast(id, message));
    },
  },
];
