/** What load balancers and supervisors ask. The answers are for everybody, so they tell nothing else. */
import type { Store } from '../store/store.js';
import { pathOf, type Endpoint } from './respond.js';

const HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** Why a process of several should get no new clients. */
export const NO_LEASE = 'the database has not been reached in time: others may serve the clients of this process';

/** Why a server should get no new clients, or `ready`. `isReady`: a text is another reason why not. */
export const readiness = (isReady: boolean | string, store: Pick<Store, 'isReachable'> | undefined): string => {
  if (typeof isReady === 'string') return isReady;
  if (!isReady) return 'stopping';
  return store?.isReachable?.() === false ? 'the store can not be reached' : 'ready';
};

/**
 * `/healthz`: whether the process answers. `/readyz`: whether it should get new clients; status 503 when it is going
 * to stop, or its store can't be reached.
 */
export const health =
  (state: () => string): Endpoint =>
  (request, response) => {
    const path = pathOf(request);
    if ((request.method !== 'GET' && request.method !== 'HEAD') || (path !== '/healthz' && path !== '/readyz'))
      return false;
    const text = path === '/healthz' ? 'ok' : state();
    response.writeHead(text === 'ok' || text === 'ready' ? 200 : 503, HEADERS).end(`${text}\n`);
    return true;
  };
