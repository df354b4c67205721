/** How sessions reach each other. Both ends may sit in different processes; nothing that uses a bus may assume that they don't. */
import type { ServerCommand } from '../codecs/index.js';

/** What is sent to all sessions of a client. */
export type Notice =
  /** A push; the session with the id `except` has it already. */
  | { readonly _tag: 'Push'; readonly command: ServerCommand; readonly except?: string }
  /** A new session with this tag has been opened: others with the tag end. */
  | { readonly _tag: 'Displace'; readonly tag: string; readonly by: string }
  /** The session with this token goes on as `by`, over another socket: what is left of it ends without a word. */
  | { readonly _tag: 'Resume'; readonly token: string; readonly by: string }
  | { readonly _tag: 'Kick'; readonly code: number; readonly reason: string };

export interface Bus {
  /** Hands a notice to every session of these clients. Two calls by one process reach a session in their order. */
  publish(clientIds: readonly string[], notice: Notice): void;
  /** Joins a session: from when this resolves, no notice passes it by. The result leaves again; `receive` may still be called while it does. */
  subscribe(clientId: string, receive: (notice: Notice) => void): Promise<() => void>;
  /** Which of these clients have a session. */
  online(clientIds: readonly string[]): Promise<readonly string[]>;
}

/** A bus within one process: a notice is handed over before `publish` returns. */
export const inProcessBus = (): Bus => {
  const receivers = new Map<string, Set<(notice: Notice) => void>>();
  return {
    publish: (clientIds, notice) => {
      for (const clientId of clientIds) {
        for (const receive of [...(receivers.get(clientId) ?? [])]) receive(notice);
      }
    },
    subscribe: (clientId, receive) => {
      const sessions = receivers.get(clientId) ?? new Set();
      receivers.set(clientId, sessions.add(receive));
      return Promise.resolve(() => {
        sessions.delete(receive);
        if (sessions.size === 0 && receivers.get(clientId) === sessions) receivers.delete(clientId);
      });
    },
    online: (clientIds) => Promise.resolve(clientIds.filter((id) => receivers.has(id))),
  };
};
