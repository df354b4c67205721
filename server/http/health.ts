/** What load balancers and supervisors ask. The answers are for everybody, so they tell nothing else. */
import { pathOf, type Endpoint } from './respond.js';

const HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/**
 * `/healthz`: whether the process answers. `/readyz`: whether it should get new clients; status 503 when it is going
 * to stop.
 */
export const health =
  (isReady: () => boolean): Endpoint =>
  (request, response) => {
    const path = pathOf(request);
    if ((request.method !== 'GET' && request.method !== 'HEAD') || (path !== '/healthz' && path !== '/readyz'))
      return false;
    const [status, text] = path === '/healthz' ? [200, 'ok'] : isReady() ? [200, 'ready'] : [503, 'stopping'];
    response.writeHead(status, HEADERS).end(`${text}\n`);
    return true;
  };
