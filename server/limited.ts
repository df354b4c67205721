/** A store and a bus that always answer: a call that takes too long rejects. */
import type { Bus } from './bus.js';
import type { Store } from './store/store.js';
import { TookTooLong, type TimeLimit } from './time-limit.js';

/** The store, with a time limit for each call. */
export const limitedStore = (store: Store, limit: TimeLimit): Store => {
  const calls = new Map<PropertyKey, unknown>();
  return new Proxy(store, {
    get: (target, key): unknown => {
      const known = calls.get(key);
      if (known !== undefined) return known;
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      const call = (...args: unknown[]): Promise<unknown> =>
        limit(`store.${String(key)}`, (): unknown => Reflect.apply(method, target, args));
      calls.set(key, call);
      return call;
    },
  });
};

/** A subscription with a time limit. One that comes too late is undone. */
const subscription = async (
  limit: TimeLimit,
  what: string,
  subscribe: () => Promise<() => void>,
): Promise<() => void> => {
  let coming: Promise<() => void> | undefined;
  try {
    return await limit(what, () => (coming = subscribe()));
  } catch (error) {
    if (error instanceof TookTooLong)
      void coming?.then(
        (leave) => {
          leave();
        },
        () => undefined,
      );
    throw error;
  }
};

/** The bus, with a time limit for each call that has an answer. */
export const limitedBus = (bus: Bus, limit: TimeLimit): Bus => {
  const own: Partial<Bus> = {
    subscribe: (clientId, receive, session) =>
      subscription(limit, 'bus.subscribe', () => bus.subscribe(clientId, receive, session)),
    enter: (roomId, clientId, receive) => subscription(limit, 'bus.enter', () => bus.enter(roomId, clientId, receive)),
    online: (clientIds) => limit('bus.online', () => bus.online(clientIds)),
    occupants: (roomId) => limit('bus.occupants', () => bus.occupants(roomId)),
    occupantCount: (roomId) =>
      limit('bus.occupantCount', async () => bus.occupantCount?.(roomId) ?? (await bus.occupants(roomId)).length),
  };
  const counting: Partial<Bus> =
    bus.clientCount === undefined
      ? {}
      : { clientCount: () => limit('bus.clientCount', async () => (await bus.clientCount?.()) ?? 0) };
  const calls = new Map<PropertyKey, unknown>(Object.entries({ ...own, ...counting }));
  return new Proxy(bus, {
    get: (target, key): unknown => {
      const known = calls.get(key);
      if (known !== undefined) return known;
      const method: unknown = Reflect.get(target, key);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
};
