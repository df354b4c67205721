/**
 * The back end's HTTP API, with the vendor's paths (protocol: REST 1.2). A request with the master key may do
 * everything.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { either as E } from 'fp-ts';
import findMyWay from 'find-my-way';
import { JsonObject, parseJson } from '../../../codecs/index.js';
import type { App } from '../../app.js';
import type { BackEnd } from '../../back-end.js';
import { readBody } from '../body.js';
import { pathOf, respond, type Answer, type Endpoint } from '../respond.js';
import { hasMasterKey, queryOf } from '../token.js';
import { listRoutes, memberRoutes, roleRoutes } from './clients-of.js';
import { clientRoutes } from './clients.js';
import { conversationRoutes } from './conversations.js';
import { chatRooms, conversations, services } from './family.js';
import { broadcastRoutes, messageRoutes } from './messages.js';
import { refused } from './refused.js';
import { BadRequest, type ApiRoute } from './request.js';

export interface ApiOptions {
  readonly app: App;
  readonly backEnd: BackEnd;
  readonly masterKey: string;
}

const PREFIX = '/1.2/rtm/';
const MAX_BODY = 1_048_576;
/** Room for a client id of 64 characters, each of which may take nine characters in a URL. */
const MAX_PARAM = 1_024;

const TOO_LONG = 413;
const FAILED: Answer = [500, { code: 1, error: 'the server could not carry this out' }];
const UNAUTHORIZED: Answer = [
  401,
  { code: 401, error: 'this needs X-LC-Id, and X-LC-Key with the master key: "<master key>,master"' },
];
const NOT_FOUND: Answer = [404, { code: 1, error: 'there is nothing at this path by this method' }];
const TOO_LARGE: Answer = [TOO_LONG, { code: 1, error: `the body has at most ${MAX_BODY} bytes` }];

/** Answers without CORS headers, because browsers never have the master key. */
const write = (response: ServerResponse, [status, body]: Answer): void => {
  if (!response.headersSent) respond(response, status, body, {});
};

/** The body as JSON; undefined if it is too long. */
const jsonOf = async (request: IncomingMessage): Promise<JsonObject | undefined> => {
  const text = request.method === 'GET' ? '' : await readBody(request, MAX_BODY);
  if (text === undefined || text === '') return text === undefined ? undefined : {};
  const json = parseJson(text);
  if (E.isLeft(json) || !JsonObject.is(json.right)) throw new BadRequest('the body should be a JSON object');
  return json.right;
};

const routesOf = (backEnd: BackEnd): readonly ApiRoute[] => [
  ...[conversations, chatRooms, services].flatMap((family) => [
    ...conversationRoutes(backEnd, family),
    ...messageRoutes(backEnd, family),
    ...memberRoutes(backEnd, family, family === services ? 'subscribers' : 'members'),
    ...listRoutes(backEnd, family),
  ]),
  ...roleRoutes(backEnd, conversations),
  ...broadcastRoutes(backEnd),
  ...clientRoutes(backEnd),
];

/** Everything below `/1.2/rtm/`, for requests with the master key. */
export const api = ({ app, backEnd, masterKey }: ApiOptions): Endpoint => {
  const router = findMyWay({
    maxParamLength: MAX_PARAM,
    defaultRoute: (_request, response) => {
      write(response, NOT_FOUND);
    },
    onBadUrl: (_path, _request, response) => {
      write(response, NOT_FOUND);
    },
  });

  const answerOf = async (route: ApiRoute, request: IncomingMessage, params: ApiRequestParams): Promise<Answer> => {
    try {
      const body = await jsonOf(request);
      return body === undefined ? TOO_LARGE : await route.answer({ params, query: queryOf(request), body });
    } catch (error) {
      const no = refused(error);
      if (no !== undefined) return no;
      // If the request has an error of its own, the client has gone.
      if (request.errored === null) app.report(error);
      return FAILED;
    }
  };

  for (const route of routesOf(backEnd)) {
    router.on(route.method, route.path, (request, response, params) => {
      void answerOf(route, request, params).then((answer) => {
        write(response, answer);
      });
    });
  }

  return (request, response) => {
    if (!pathOf(request).startsWith(PREFIX)) return false;
    if (hasMasterKey(request, app.appId, masterKey)) router.lookup(request, response);
    else write(response, UNAUTHORIZED);
    return true;
  };
};

type ApiRequestParams = Readonly<Record<string, string | undefined>>;
