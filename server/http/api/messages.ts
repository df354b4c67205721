/** Messages: send, broadcast, history, edit, recall. */
import { either as E, json as J } from 'fp-ts';
import type * as t from 'io-ts';
import { defined } from '../../../codecs/defined.js';
import * as c from '../../../codecs/type.js';
import { fromStored, JsonObject, record } from '../../../codecs/index.js';
import type { BackEnd, BackEndBody, BackEndEdit, BackEndMessage, History } from '../../back-end.js';
import { restForm } from '../../messages/rest-form.js';
import type { RoomPriority } from '../../notice.js';
import type { Bound, StoredMessage } from '../../store/store.js';
import type { Answer } from '../respond.js';
import { chatRooms, named, services, type Family } from './family.js';
import { bodyAs, BadRequest, flagIn, integerIn, param, textIn, type ApiRequest, type ApiRoute } from './request.js';

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

export const body = { message: Content };
export const mentions = { bin: c.boolean, mention_client_ids: c.array(c.string), mention_all: c.boolean };
const Edit = record('Edit', body, mentions);
export const sending = {
  transient: c.boolean,
  no_sync: c.boolean,
  push_data: JsonObject,
  /** The name that the vendor has for push data of broadcasts. */
  push: Content,
  priority: c.string,
};
const Message = record('Message', body, {
  ...mentions,
  ...sending,
  from_client: c.string,
  to_clients: c.array(c.string),
});
/** A message for everybody names its conversation. */
const Broadcast = record(
  'Broadcast',
  { ...body, conv_id: c.string },
  { ...mentions, ...sending, from_client: c.string },
);

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

export const editOf = (edit: t.TypeOf<typeof Edit>): BackEndEdit => ({
  body: bodyOf(edit),
  mentions: edit.mention_client_ids ?? [],
  mentionsAll: edit.mention_all ?? false,
});

const priorityOf = (priority: string): RoomPriority => {
  const known = priorities.get(priority.toLowerCase());
  if (known === undefined) throw new BadRequest(`priority should be ${[...priorities.keys()].join(', ')}`);
  return known;
};

/** A message of version 1.1 has other keys for its sender and its receivers. */
export type GivenMessage = Omit<t.TypeOf<typeof Message>, 'from_client' | 'to_clients'>;

/** Push data may be the text of an alert. */
const pushDataOf = ({ push_data: data, push = data }: GivenMessage): JsonObject | undefined =>
  typeof push === 'string' ? { alert: push } : push;

/** An empty sender is none. */
export const messageOf = (message: GivenMessage, from: string | undefined): BackEndMessage => {
  const { transient = false, no_sync: isHidden, priority } = message;
  return {
    ...editOf(message),
    transient,
    ...(from === undefined ? {} : { from }),
    ...defined({ pushData: pushDataOf(message), priority: priority === undefined ? undefined : priorityOf(priority) }),
    // Without the flag, the kind of the conversation decides.
    ...(isHidden === true ? { toSender: false } : {}),
  };
};

/** The vendor's answer, and the one of our earlier versions. */
export const sent = ({ id, timestamp }: StoredMessage): Answer => {
  const result = { 'msg-id': id, timestamp };
  return [200, { ...result, result }];
};

export const changed = ({ editedAt, timestamp }: StoredMessage): Answer => [
  200,
  { result: { 'patch-timestamp': editedAt ?? timestamp } },
];

/** One end of a page: a time, and the message of that time. */
const endOf = (request: ApiRequest, times: readonly string[], message: string, include: string): Bound | undefined => {
  const timestamp = times.map((name) => integerIn(request, name)).find((time) => time !== undefined);
  const id = textIn(request, message);
  if (timestamp !== undefined) return { timestamp, included: flagIn(request, include), ...defined({ id }) };
  if (id === undefined) return undefined;
  throw new BadRequest(`${message}: a message that bounds a page is named with its time, ${times.join(' or ')}`);
};

/** The page that a query asks for. `max_ts` is the name of version 1.1. */
export const historyOf = (request: ApiRequest): History & { readonly direction: 'old' | 'new' } => ({
  direction: flagIn(request, 'reversed') ? 'new' : 'old',
  ...defined({
    limit: integerIn(request, 'limit'),
    from: endOf(request, ['timestamp', 'max_ts'], 'msgid', 'include_start'),
    to: endOf(request, ['till_timestamp'], 'till_msgid', 'include_stop'),
  }),
});

/** A page of messages, those that are nearest to its start first. */
export const pageOf = (messages: readonly StoredMessage[], direction: 'old' | 'new', isRoom: IsRoom): Answer => {
  const ordered = direction === 'new' ? messages : [...messages].reverse();
  return [200, ordered.map((message) => restForm(message, isRoom(message)))];
};
type IsRoom = (message: StoredMessage) => boolean;

const roomsOnly = (priority: string | undefined, transient: boolean | undefined, family: Family): void => {
  if (priority !== undefined && family !== chatRooms && transient !== true)
    throw new BadRequest('priority: only messages of chat rooms, and transient ones, have one');
};

export const messageRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => {
  const path = `${family.path}/:id/messages`;
  return [
    {
      method: 'POST',
      path,
      answer: async (request) => {
        const message = bodyAs(Message, request);
        const { to_clients: to, from_client: from } = message;
        if (to !== undefined && family !== services)
          throw new BadRequest('to_clients: only messages of system conversations have them');
        roomsOnly(message.priority, message.transient, family);
        const { id } = await named(backEnd, family, request);
        return sent(await backEnd.send(id, { ...messageOf(message, from), ...defined({ to }) }));
      },
    },
    {
      method: 'GET',
      path,
      answer: async (request) => {
        const query = historyOf(request);
        const { id } = await named(backEnd, family, request);
        return pageOf(await backEnd.history(id, query), query.direction, () => family === chatRooms);
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
      method: 'DELETE',
      path: `${path}/:mid`,
      answer: async (request) => {
        const { id } = await named(backEnd, family, request);
        await backEnd.deleteMessage(id, param(request, 'mid'));
        return [200, {}];
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

/** Messages of system conversations to all of their subscribers, and to every client that is online. */
export const broadcastRoutes = (backEnd: BackEnd): readonly ApiRoute[] => [
  {
    method: 'POST',
    path: `${services.path}/:id/broadcasts`,
    answer: async (request) => {
      const wanted = bodyAs(Message, request);
      // A message for some clients must not reach all of them.
      if (wanted.to_clients !== undefined) throw new BadRequest('to_clients: a broadcast is for all subscribers');
      roomsOnly(wanted.priority, wanted.transient, services);
      const { id } = await named(backEnd, services, request);
      return sent(await backEnd.send(id, messageOf(wanted, wanted.from_client)));
    },
  },
  {
    method: 'POST',
    path: '/1.2/rtm/broadcasts',
    answer: async (request) => {
      const wanted = bodyAs(Broadcast, request);
      roomsOnly(wanted.priority, wanted.transient, services);
      return sent(await backEnd.broadcast(wanted.conv_id, messageOf(wanted, wanted.from_client)));
    },
  },
  {
    method: 'DELETE',
    path: `${services.path}/:id/subscribers/:client/messages/:mid`,
    answer: async (request) => {
      const { id } = await named(backEnd, services, request);
      await backEnd.deleteMessage(id, param(request, 'mid'));
      return [200, {}];
    },
  },
  {
    method: 'GET',
    path: `${services.path}/:id/subscribers/:client/messages`,
    answer: async (request) => {
      const query = historyOf(request);
      const { id } = await named(backEnd, services, request);
      const messages = await backEnd.history(id, { ...query, viewer: param(request, 'client') });
      return pageOf(messages, query.direction, () => false);
    },
  },
];
