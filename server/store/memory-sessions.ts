/** Sessions that can be taken up again, and notices for clients that are away, in memory. */
import type { StoredNotice, StoredSession } from './store.js';

export interface MemorySessions {
  readonly save: (session: StoredSession, now: number) => void;
  readonly get: (token: string) => StoredSession | undefined;
  readonly rememberRoom: (token: string, room: StoredSession['room']) => void;
  readonly displace: (clientId: string, tag: string, except: string) => void;
  readonly forget: (token: string) => void;
  readonly forgetAll: (clientId: string) => void;
  readonly keepNotice: (clientIds: readonly string[], notice: StoredNotice) => void;
  readonly notices: (clientId: string, since: number, limit: number) => readonly StoredNotice[];
}

/** `atMost`: so many of the latest notices are kept for each client. */
export const memorySessions = (atMost: number): MemorySessions => {
  const sessions = new Map<string, StoredSession>();
  /** Tokens of each client. */
  const tokens = new Map<string, Set<string>>();
  /** For clients that can come back only: nobody else asks. */
  const notices = new Map<string, StoredNotice[]>();

  const forget = (token: string): void => {
    const session = sessions.get(token);
    if (session === undefined) return;
    sessions.delete(token);
    const { clientId } = session;
    const others = tokens.get(clientId);
    others?.delete(token);
    if (others?.size !== 0) return;
    tokens.delete(clientId);
    notices.delete(clientId);
  };

  return {
    save: (session, now) => {
      // Those that were saved first come first: where one has not expired, later ones have not either.
      for (const { token, expiresAt } of sessions.values()) {
        if (expiresAt > now) break;
        forget(token);
      }
      const { token, clientId } = session;
      tokens.set(clientId, (tokens.get(clientId) ?? new Set()).add(token));
      sessions.delete(token);
      sessions.set(token, session);
    },
    get: (token) => sessions.get(token),
    rememberRoom: (token, room) => {
      const session = sessions.get(token);
      if (session === undefined) return;
      const { room: left, ...others } = session;
      sessions.set(token, room === undefined ? others : { ...others, room });
    },
    displace: (clientId, tag, except) => {
      for (const token of tokens.get(clientId) ?? []) {
        const session = sessions.get(token);
        if (session?.tag === tag && token !== except) sessions.set(token, { ...session, displaced: true });
      }
    },
    forget,
    forgetAll: (clientId) => {
      for (const token of [...(tokens.get(clientId) ?? [])]) forget(token);
    },
    keepNotice: (clientIds, notice) => {
      for (const clientId of clientIds) {
        if (!tokens.has(clientId)) continue;
        const kept = notices.get(clientId) ?? [];
        kept.push(notice);
        // Not for each notice: all that stay are moved.
        if (kept.length >= 2 * atMost) kept.splice(0, kept.length - atMost);
        notices.set(clientId, kept);
      }
    },
    notices: (clientId, since, limit) =>
      (notices.get(clientId) ?? [])
        .slice(-atMost)
        .filter(({ at }) => at > since)
        .slice(0, limit),
  };
};
