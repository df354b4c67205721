/** A store that fails where a test says so. */
import type { Store } from 'rx-realtime/server';

export type Call = keyof Store;
/** Whether a call fails before or after it has done its work. */
export type Fault = 'before' | 'after' | undefined;

/** The error that a faulty store rejects with. */
export class StoreFailed extends Error {}

/** Runs `around` for every call of a store. `run` carries the call out. */
export const wrapped = (store: Store, around: (call: Call, run: () => Promise<unknown>) => Promise<unknown>): Store =>
  new Proxy(store, {
    get: (target, key): unknown => {
      const method: unknown = Reflect.get(target, key);
      return typeof method === 'function'
        ? (...args: unknown[]) =>
            around(key as Call, () => Promise.resolve(Reflect.apply(method, target, args) as unknown))
        : method;
    },
  });

/** A store whose calls fail as `faultOf` says, which is asked once for each call. */
export const faulty = (store: Store, faultOf: (call: Call) => Fault): Store =>
  wrapped(store, async (call, run) => {
    const fault = faultOf(call);
    if (fault === 'before') throw new StoreFailed(`${call}: not done`);
    const result = await run();
    if (fault === 'after') throw new StoreFailed(`${call}: done, but the answer is lost`);
    return result;
  });

/** Makes the next call of a kind fail, when the test says so. */
export const failingOnce = (): {
  readonly faultOf: (call: Call) => Fault;
  readonly fail: (call: Call, fault: Fault) => void;
} => {
  const next = new Map<Call, Fault>();
  return {
    faultOf: (call) => {
      const fault = next.get(call);
      next.delete(call);
      return fault;
    },
    fail: (call, fault) => {
      next.set(call, fault);
    },
  };
};
