/** Requests that the application answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Report } from '../guarded.js';
import { respond, type Endpoint } from './respond.js';

/** Answers a request; false if it is not for the application. */
export type OnRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The application's function, which may throw: that is reported, and answered with status 500. */
export const ownRequests =
  (onRequest: OnRequest, report: Report): Endpoint =>
  (request, response) => {
    try {
      return onRequest(request, response);
    } catch (error) {
      report(error);
      if (response.headersSent) response.destroy();
      else respond(response, 500, { code: 1, error: 'the server could not carry this out' });
      return true;
    }
  };
