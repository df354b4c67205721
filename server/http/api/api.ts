/**
 * The back end's HTTP API, with the vendor's paths (protocol: REST 1.2 and 1.1). A request with the master key may do
 * everything. Clients with a session may look for conversations by version 1.1.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { either as E } from 'fp-ts';
import findMyWay from 'find-my-way';
import { JsonObject, parseJson } from '../../../codecs/index.js';
import type { Actor } from '../../actor.js';
import type { App } from '../../app.js';
import type { BackEnd } from '../../back-end.js';
import { isClientId } from '../../domain/conversations/members.js';
import { readBody } from '../body.js';
import { countedAs, type Front } from '../front.js';
import { perMinute } from '../per-minute.js';
import { CORS, headerOf, pathOf, respond, type Answer, type Endpoint } from '../respond.js';
import type { Authenticate } from '../sign.js';
import { clientOf, hasMasterKey, queryOf } from '../token.js';
import { acrossRoutes } from './across.js';
import { listRoutes, memberRoutes, muteRoutes, onlineCountRoute, roleRoutes, subscriberRoutes } from './clients-of.js';
import { clientRoutes } from './clients.js';
import { allConversationsRoute, conversationRoutes } from './conversations.js';
import { chatRooms, conversations, services } from './family.js';
import { broadcastRoutes, messageRoutes } from './messages.js';
import { refused } from './refused.js';
import { BadRequest, type ApiRequest, type ApiRoute } from './request.js';
import { shortened } from './shortened.js';
import { batchRoute } from './version-one/batch.js';
import { versionOneClients } from './version-one/clients.js';
import { versionOneConversations } from './version-one/conversations.js';
import { versionOneMessages } from './version-one/messages.js';

export interface ApiOptions {
  readonly app: App;
  readonly backEnd: BackEnd;
  /** Without a key, nobody is the back end. */
  readonly masterKey: string | undefined;
  /** Finds the client of a session token of the application's own sign-in. */
  readonly authenticate: Authenticate | undefined;
  readonly front: Front;
}

/** Paths of version 1.2: only the back end has something to do there. */
const BACK_END_ONLY = '/1.2/rtm/';
const VERSION_ONE = '/1.1/';
const MAX_BODY = 1_048_576;
/** Room for a client id of 64 characters, each of which may take nine characters in a URL. */
const MAX_PARAM = 1_024;
/** Longer texts are no tokens. */
const MAX_TOKEN = 1_024;

const TOO_LONG = 413;
const FAILED: Answer = [500, { code: 1, error: 'the server could not carry this out' }];
const UNAUTHORIZED: Answer = [
  401,
  { code: 401, error: 'this needs X-LC-Id, and X-LC-Key with the master key: "<master key>,master"' },
];
const NOT_FOUND: Answer = [404, { code: 1, error: 'there is nothing at this path by this method' }];
const TOO_LARGE: Answer = [TOO_LONG, { code: 1, error: `the body has at most ${MAX_BODY} bytes` }];

const BACK_END: Actor = { isBackEnd: true };

/** The body as JSON; undefined if it is too long. */
const jsonOf = async (request: IncomingMessage): Promise<JsonObject | undefined> => {
  const text = request.method === 'GET' ? '' : await readBody(request, MAX_BODY);
  if (text === undefined || text === '') return text === undefined ? undefined : {};
  const json = parseJson(text);
  if (E.isLeft(json) || !JsonObject.is(json.right)) throw new BadRequest('the body should be a JSON object');
  return json.right;
};

const routesOf = (app: App, backEnd: BackEnd): readonly ApiRoute[] => [
  ...[conversations, chatRooms, services].flatMap((family) => [
    ...conversationRoutes(backEnd, family),
    ...messageRoutes(backEnd, family),
    ...listRoutes(backEnd, family),
    ...muteRoutes(backEnd, family),
  ]),
  ...[conversations, chatRooms].flatMap((family) => [...memberRoutes(backEnd, family), ...roleRoutes(backEnd, family)]),
  onlineCountRoute(backEnd),
  ...subscriberRoutes(app, backEnd),
  allConversationsRoute(backEnd),
  ...broadcastRoutes(backEnd),
  ...clientRoutes(app, backEnd),
  ...acrossRoutes(app, backEnd),
  ...versionOneMessages(app, backEnd),
  ...versionOneClients(backEnd),
  ...versionOneConversations(app, backEnd),
];

type Params = ApiRequest['params'];

/** A route, in the form in which the router keeps it. */
interface Found {
  readonly route: ApiRoute;
}

/** The API of the back end below `/1.2/rtm/`, and what there is of version 1.1. */
export const api = ({ app, backEnd, masterKey, authenticate, front }: ApiOptions): Endpoint => {
  const mayAsk = perMinute(app.limits.signsPerMinute, app.clock);
  const router = findMyWay({ maxParamLength: MAX_PARAM });
  const find = (method = 'GET', path: string): Target | undefined => {
    const found = router.find(method as ApiRoute['method'], path);
    return found === null ? undefined : [(found.store as Found).route, found.params];
  };

  /** Who asks; undefined if nobody knows. */
  const actorOf = async (request: IncomingMessage): Promise<Actor | undefined> => {
    if (masterKey !== undefined && hasMasterKey(request, app, masterKey)) return BACK_END;
    const clientId = await clientOf(app, request);
    if (clientId !== undefined) return { isBackEnd: false, clientId };
    const token = headerOf(request, 'x-lc-session');
    if (authenticate === undefined || token === '' || token.length > MAX_TOKEN) return undefined;
    // As often as at the path that signs logins: nobody is to try tokens.
    if (!mayAsk(countedAs(front.clientAddress(request)))) return undefined;
    const user: unknown = await authenticate(token);
    return isClientId(user) ? { isBackEnd: false, clientId: user } : undefined;
  };

  /** Carries a request out. It never throws. `isGone`: whether the client has left meanwhile. */
  const carryOut = async (
    route: ApiRoute,
    request: Omit<ApiRequest, 'body'>,
    bodyOf: () => Promise<JsonObject | undefined>,
    isGone: () => boolean,
  ): Promise<Answer> => {
    if (!request.actor.isBackEnd && route.forClients !== true) return UNAUTHORIZED;
    try {
      const body = await bodyOf();
      if (body === undefined) return TOO_LARGE;
      const answer = await route.answer({ ...request, body });
      return route.isBounded === true ? answer : shortened(answer, app.limits.answerBytes);
    } catch (error) {
      const no = refused(error);
      if (no !== undefined) return no;
      if (!isGone()) app.report(error);
      return FAILED;
    }
  };

  const batch = batchRoute(async ({ method, path, query, body }, actor) => {
    const found = find(method, path);
    if (found === undefined || found[0] === batch) return NOT_FOUND;
    const [route, params] = found;
    return carryOut(
      route,
      { params, query, actor },
      () => Promise.resolve(body),
      () => false,
    );
  }, app.limits.answerBytes);

  for (const route of [...routesOf(app, backEnd), batch])
    router.on(route.method, route.path, () => undefined, { route });

  const answerOf = async (request: IncomingMessage, [route, params]: Target, actor: Actor) =>
    carryOut(
      route,
      { params, query: queryOf(request), actor },
      () => jsonOf(request),
      () => request.errored !== null,
    );

  /** Answers without CORS headers: no page of another origin is to see what the master key opens. */
  const serveBackEnd = async (request: IncomingMessage, response: ServerResponse, key: string): Promise<void> => {
    const isBackEnd = hasMasterKey(request, app, key);
    const found = isBackEnd ? find(request.method, pathOf(request)) : undefined;
    const answer =
      found === undefined ? (isBackEnd ? NOT_FOUND : UNAUTHORIZED) : await answerOf(request, found, BACK_END);
    if (!response.headersSent) respond(response, ...answer, {});
  };

  const servePublic = async (request: IncomingMessage, response: ServerResponse, found: Target): Promise<void> => {
    let actor: Actor | undefined;
    let answer = UNAUTHORIZED;
    try {
      actor = await actorOf(request);
      if (actor !== undefined) answer = await answerOf(request, found, actor);
    } catch (error) {
      app.report(error);
      answer = FAILED;
    }
    if (!response.headersSent) respond(response, ...answer, actor?.isBackEnd === true ? {} : CORS);
  };

  return (request, response) => {
    const path = pathOf(request);
    if (path.startsWith(BACK_END_ONLY)) {
      if (masterKey === undefined) return false;
      void serveBackEnd(request, response, masterKey);
      return true;
    }
    const found = path.startsWith(VERSION_ONE) ? find(request.method, path) : undefined;
    if (found === undefined || (masterKey === undefined && found[0].forClients !== true)) return false;
    void servePublic(request, response, found);
    return true;
  };
};

/** A route, and the parameters of the path. */
type Target = readonly [ApiRoute, Params];
