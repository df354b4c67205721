/** Conversations: create, find, get, update, delete. */
import { either as E } from 'fp-ts';
import { defined } from '../../../codecs/defined.js';
import * as c from '../../../codecs/type.js';
import {
  decodeDates,
  JsonObject,
  parseJson,
  record,
  type Attribute,
  type ConversationKind,
} from '../../../codecs/index.js';
import type { BackEnd } from '../../back-end.js';
import { changedAt, named, shown, type Family } from './family.js';
import { bodyAs, BadRequest, integerIn, param, textIn, type ApiRequest, type ApiRoute } from './request.js';

const fields = { c: c.string, m: c.array(c.string), unique: c.boolean, temporary: c.boolean, ttl: c.number };
const Wanted = record('Conversation', {}, { ...fields, name: c.string });

/** Every key that is not a known field is an attribute. Dates have the form that they have on the wire. */
export const attributesOf = (body: JsonObject, known: object): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(
    Object.entries(body)
      .filter(([key]) => !Object.hasOwn(known, key))
      .map(([key, value]) => [key, decodeDates(value)]),
  );

const kindOf = ({ kinds: [kind = 'ordinary', ...others] }: Family, temporary: boolean): ConversationKind => {
  if (!temporary) return kind;
  if (!others.includes('temporary')) throw new BadRequest('temporary: only ordinary conversations can be');
  return 'temporary';
};

const whereOf = ({ query }: ApiRequest): JsonObject => {
  const json = parseJson(query.get('where') ?? '{}');
  if (E.isLeft(json) || !JsonObject.is(json.right)) throw new BadRequest('where should be a JSON object');
  return json.right;
};

const page = (request: ApiRequest) => ({
  where: whereOf(request),
  ...defined({
    sort: textIn(request, 'sort'),
    skip: integerIn(request, 'skip'),
    limit: integerIn(request, 'limit'),
  }),
});

/** Conversations of all kinds. */
export const allConversationsRoute = (backEnd: BackEnd): ApiRoute => ({
  method: 'GET',
  path: '/1.2/rtm/all-conversations',
  answer: async (request) => [200, { results: (await backEnd.find(page(request))).map(shown) }],
});

export const conversationRoutes = (backEnd: BackEnd, family: Family): readonly ApiRoute[] => {
  const { path, kinds } = family;
  const one = `${path}/:id`;
  return [
    {
      method: 'POST',
      path,
      answer: async (request) => {
        const { c: creator, m: members, temporary = false, ...wanted } = bodyAs(Wanted, request);
        const attributes = attributesOf(request.body, Wanted.optional);
        const info = await backEnd.create({
          kind: kindOf(family, temporary),
          ...wanted,
          ...(creator === undefined ? {} : { creator }),
          ...(members === undefined ? {} : { members }),
          ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
        });
        return [201, shown(info)];
      },
    },
    {
      method: 'GET',
      path,
      answer: async (request) => {
        const found = await backEnd.find({ ...page(request), kinds });
        return [200, { results: found.map(shown) }];
      },
    },
    { method: 'GET', path: one, answer: async (request) => [200, shown(await named(backEnd, family, request))] },
    {
      method: 'PUT',
      path: one,
      answer: async (request) => {
        const { id } = await named(backEnd, family, request);
        return [200, changedAt(await backEnd.update(id, { attributes: attributesOf(request.body, {}) }))];
      },
    },
    {
      method: 'DELETE',
      path: one,
      answer: async (request) => {
        await named(backEnd, family, request);
        await backEnd.delete(param(request, 'id'));
        return [200, {}];
      },
    },
  ];
};
