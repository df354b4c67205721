/** How sessions reach each other. Both ends may sit in different processes; nothing that uses a bus may assume that they don't. */
import type { ServerCommand } from '../codecs/index.js';

/** What is sent to all sessions of one client. */
export type Notice =
  /** A push; the session with the id `except` has it already. */
  | { readonly _tag: 'Push'; readonly command: ServerCommand; readonly except?: string }
  /** A new session with this tag has been opened: others with the tag end. */
  | { readonly _tag: 'Displace'; readonly tag: string; readonly by: string }
  | { readonly _tag: 'Kick'; readonly code: number; readonly reason: string };

export interface Bus {
  /** Hands a notice to every session of a client, in the order of the calls. */
  publish(clientId: string, notice: Notice): void;
  /** Joins a session; the result leaves again. */
  subscribe(clientId: string, receive: (notice: Notice) => void): () => void;
  /** Which of these clients have a session. */
  online(clientIds: readonly string[]): Promise<readonly string[]>;
}

/** A bus within one process: a notice is handed over before `publish` returns. */
export const inProcessBus = (): Bus => {
  const receivers = new Map<string, Set<(notice: Notice) => void>>();
  return {
    publish: (clientId, notice) => {
      for (const receive of [...(receivers.get(clientId) ?? [])]) receive(notice);
    },
    subscribe: (clientId, receive) => {
      const sessions = receivers.get(clientId) ?? new Set();
      receivers.set(clientId, sessions.add(receive));
      return () => {
        sessions.delete(receive);
        if (sessions.size === 0 && receivers.get(clientId) === sessions) receivers.delete(clientId);
      };
    },
    online: (clientIds) => Promise.resolve(clientIds.filter((id) => receivers.has(id))),
  };
};
