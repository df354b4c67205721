/** A wire between buses of one process, which a test can cut, and which can lose what is sent. */
import type { OpenWire } from '../../server/cluster/wire.js';

export interface Hub {
  /** A wire of a name. */
  readonly wire: (name: string) => OpenWire;
  /** Nothing reaches a wire of this name or comes from it, until the result is called. It notices that. */
  readonly cut: (name: string) => () => void;
  /** What is sent is lost without anybody noticing, until the result is called. */
  readonly lose: () => () => void;
}

interface Listener {
  readonly name: string;
  readonly subject: string;
  readonly receive: (text: string) => void;
}

export const createHub = (): Hub => {
  const listeners = new Set<Listener>();
  const cuts = new Set<string>();
  const breaks = new Map<string, () => void>();
  let isLosing = false;
  return {
    wire:
      (name) =>
      ({ onBreak }) => {
        breaks.set(name, onBreak);
        return Promise.resolve({
          name: 'a wire of a test',
          publish: (subject, text) => {
            if (isLosing || cuts.has(name)) return;
            setImmediate(() => {
              for (const listener of [...listeners])
                if (listener.subject === subject && listener.name !== name && !cuts.has(listener.name))
                  listener.receive(text);
            });
          },
          subscribe: (subject, receive) => {
            const listener = { name, subject, receive };
            listeners.add(listener);
            return Promise.resolve(() => {
              listeners.delete(listener);
            });
          },
          confirm: () =>
            cuts.has(name)
              ? Promise.reject(new Error('the wire is cut'))
              : new Promise((resolve) => {
                  setImmediate(() => setImmediate(resolve));
                }),
          close: () => Promise.resolve(),
        });
      },
    cut: (name) => {
      cuts.add(name);
      breaks.get(name)?.();
      return () => {
        cuts.delete(name);
      };
    },
    lose: () => {
      isLosing = true;
      return () => {
        isLosing = false;
      };
    },
  };
};
