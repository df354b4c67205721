/**
 * The class `_Conversation` of the storage API, version 1.1: the vendor's storage SDKs find and change conversations
 * by it. Clients find what they may see, and change nothing here.
 */
import { defined } from '../../../../codecs/defined.js';
import * as c from '../../../../codecs/type.js';
import { record, type ConversationInfo, type Json, type JsonObject } from '../../../../codecs/index.js';
import type { App } from '../../../app.js';
import type { BackEnd, WantedConversation } from '../../../back-end.js';
import { searchOf } from '../../../domain/conversations/search.js';
import { unlimited } from '../../../domain/query/budget.js';
import { matches } from '../../../domain/query/matches.js';
import { parseWhere } from '../../../domain/query/where.js';
import { compileRe2 } from '../../../re2.js';
import type { MovingStore, Store } from '../../../store/store.js';
import type { Answer } from '../../respond.js';
import { attributesOf } from '../conversations.js';
import { changedAt, shown } from '../family.js';
import { bodyAs, BadRequest, flagIn, integerIn, param, textIn, type ApiRequest, type ApiRoute } from '../request.js';

/** What the storage API gives if a query has no limit, and the most that it gives. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const path = '/1.1/classes/_Conversation';
const one = `${path}/:id`;

/** The storage API says this of an object that is not there. */
const NO_OBJECT: Answer = [404, { code: 101, error: 'Object not found.' }];

const Created = record(
  'Conversation',
  {},
  {
    ...{ name: c.string, c: c.string, m: c.array(c.string), mu: c.array(c.string) },
    ...{ tr: c.boolean, sys: c.boolean, unique: c.boolean },
  },
);

/** Keys of an object that say nothing of a conversation: who may read it, its id and its times. */
const OWN_KEYS: readonly string[] = ['ACL', 'objectId', 'createdAt', 'updatedAt'];

const limitIn = (request: ApiRequest): number => {
  const limit = integerIn(request, 'limit') ?? DEFAULT_LIMIT;
  if (limit > MAX_LIMIT) throw new BadRequest(`limit should be at most ${MAX_LIMIT}`);
  return limit;
};

/** All that meet a condition, in the order that is asked for, as far as the asking party may see them. */
const foundBy = (
  app: App,
  { actor }: ApiRequest,
  where: string,
  page: { readonly sort?: string; readonly skip?: number; readonly limit: number },
): Promise<readonly ConversationInfo[]> => {
  const { clientId } = actor;
  if (!actor.isBackEnd && clientId !== undefined) app.rates.spend('others', clientId);
  const search = searchOf(actor, { where: { data: where } }, { compile: compileRe2, isOpen: app.isOpen });
  return app.store.find({ ...search, skip: 0, ...page });
};

/** Only the wanted keys: `name,attr`; or all but some: `-m`. The id and the times are always there. */
const selected = (json: JsonObject, keys: string | undefined): JsonObject => {
  if (keys === undefined) return json;
  const names = keys.split(',').map((key) => key.trim().split('.', 1)[0] ?? '');
  const unwanted = new Set(names.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  const wanted = new Set([...names.filter((name) => !name.startsWith('-')), ...OWN_KEYS]);
  const isAll = unwanted.size === names.length;
  return Object.fromEntries(Object.entries(json).filter(([key]) => !unwanted.has(key) && (isAll || wanted.has(key))));
};

const shownAs = (keys: string | undefined) => (info: ConversationInfo) => selected(shown(info), keys);

const isMoving = (store: Store): store is MovingStore => 'conversationPage' in store;

/** What an operation of the storage API does to a list of clients. */
interface ListChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const Clients = c.array(c.string);
const Operation = record(
  'operation',
  { __op: c.keyof({ Add: null, AddUnique: null, Remove: null }), objects: Clients },
  {},
);
const Batch = record('operations', { __op: c.literal('Batch'), ops: c.array(Operation) }, {});

/** A list is set to a value, or changed by operations. */
const listChange = (key: string, value: Json | undefined, now: readonly string[]): ListChange => {
  if (value === undefined) return { added: [], removed: [] };
  if (Clients.is(value)) {
    const [before, after] = [new Set(now), new Set(value)];
    return {
      added: value.filter((client) => !before.has(client)),
      removed: now.filter((client) => !after.has(client)),
    };
  }
  const ops = Operation.is(value) ? [value] : Batch.is(value) ? value.ops : undefined;
  if (ops === undefined)
    throw new BadRequest(`${key} should be a list of clients, or an operation Add, AddUnique or Remove of clients`);
  const clientsOf = (isRemoval: boolean): readonly string[] =>
    ops.filter(({ __op }) => (__op === 'Remove') === isRemoval).flatMap(({ objects }) => objects);
  return { added: clientsOf(false), removed: clientsOf(true) };
};

const without = (body: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));

export const versionOneConversations = (app: App, backEnd: BackEnd): readonly ApiRoute[] => {
  const foundOne = async (request: ApiRequest): Promise<ConversationInfo | undefined> => {
    const where = JSON.stringify({ objectId: param(request, 'id') });
    return (await foundBy(app, request, where, { limit: 1 }))[0];
  };

  /** The change of a list of clients. If it fails for all of them, that is an error. */
  const changeMembers = async (id: string, { added, removed }: ListChange): Promise<void> => {
    const outcomes = [
      ...(added.length > 0 ? [await backEnd.addMembers(id, added)] : []),
      ...(removed.length > 0 ? [await backEnd.removeMembers(id, removed)] : []),
    ];
    const [failure] = outcomes.flatMap(({ allowed, failed }) => (allowed.length === 0 ? failed : []));
    if (failure !== undefined) throw new BadRequest(failure.detail);
  };

  return [
    {
      method: 'GET',
      path,
      forClients: true,
      answer: async (request) => {
        const where = textIn(request, 'where') ?? '{}';
        const [skip, limit, sort] = [integerIn(request, 'skip') ?? 0, limitIn(request), textIn(request, 'order')];
        const look = shownAs(textIn(request, 'keys'));
        const isCounted = textIn(request, 'count') !== undefined && textIn(request, 'count') !== '0';
        // One look is enough for the page and the count.
        const page = isCounted ? { skip: 0, limit: Number.MAX_SAFE_INTEGER } : { skip, limit };
        const found = await foundBy(app, request, where, { ...page, ...defined({ sort }) });
        const results = (isCounted ? found.slice(skip, skip + limit) : found).map(look);
        return [200, { results, ...(isCounted ? { count: found.length } : {}) }];
      },
    },
    {
      method: 'GET',
      path: one,
      forClients: true,
      answer: async (request) => {
        const info = await foundOne(request);
        return info === undefined ? NO_OBJECT : [200, shownAs(textIn(request, 'keys'))(info)];
      },
    },
    {
      method: 'GET',
      path: '/1.1/scan/classes/_Conversation',
      answer: async (request) => {
        if (!isMoving(app.store)) throw new BadRequest('this store can not be scanned: use a query');
        const isMatch = matches(parseWhere(textIn(request, 'where') ?? '{}', compileRe2), unlimited);
        const { conversations, next } = await app.store.conversationPage(
          Math.max(1, limitIn(request)),
          textIn(request, 'cursor'),
        );
        return [200, { results: conversations.filter(isMatch).map(shown), ...defined({ cursor: next }) }];
      },
    },
    {
      method: 'POST',
      path,
      answer: async (request) => {
        const { c: creator, m: members, mu: muted, tr, sys, unique, name } = bodyAs(Created, request);
        const kind = tr === true ? 'room' : sys === true ? 'system' : 'ordinary';
        const own = attributesOf(without(request.body, OWN_KEYS), Created.optional);
        const attributes = Object.keys(own).length === 0 ? undefined : own;
        const wanted: WantedConversation = { kind, ...defined({ creator, members, unique, name, attributes }) };
        const info = await backEnd.create(wanted);
        if (muted !== undefined) await backEnd.mute(info.id, muted);
        const { objectId, createdAt } = shown(info);
        return [201, flagIn(request, 'new') ? shown(info) : defined({ objectId, createdAt })];
      },
    },
    {
      method: 'PUT',
      path: one,
      answer: async (request) => {
        const id = param(request, 'id');
        if (textIn(request, 'where') !== undefined)
          throw new BadRequest('where: a change here has no condition; update the attributes by operations');
        const { members = [], mutedMembers = [] } = await backEnd.get(id);
        const { m, mu } = request.body;
        // What is wrong with the request is found before anything is changed.
        const [inside, quiet] = [listChange('m', m, members), listChange('mu', mu, mutedMembers)];
        const attributes = attributesOf(without(request.body, [...OWN_KEYS, 'm', 'mu']), {});
        if (Object.keys(attributes).length > 0) await backEnd.update(id, { attributes });
        await changeMembers(id, inside);
        if (quiet.added.length > 0) await backEnd.mute(id, quiet.added);
        if (quiet.removed.length > 0) await backEnd.unmute(id, quiet.removed);
        const info = await backEnd.get(id);
        return [200, flagIn(request, 'new') ? shown(info) : changedAt(info)];
      },
    },
    {
      method: 'DELETE',
      path: one,
      answer: async (request) => {
        await backEnd.delete(param(request, 'id'));
        return [200, {}];
      },
    },
  ];
};
