/** Sessions that can be resumed, and notices for clients that are away, in memory. */
import { defined } from '../../../codecs/defined.js';
import { several } from '../several.js';
import type { OpeningResult, SessionOpening, StoredNotice, StoredSession } from '../records.js';

export interface MemorySessions {
  readonly open: (opening: SessionOpening, now: number) => OpeningResult;
  readonly get: (token: string) => StoredSession | undefined;
  readonly renew: (session: SessionOpening['session']) => boolean;
  readonly rememberRoom: (token: string, holder: string, room: StoredSession['room']) => void;
  readonly forget: (token: string, holder: string) => void;
  readonly forgetAll: (clientId: string) => void;
  readonly keepNotice: (clientIds: readonly string[], notice: StoredNotice) => void;
  /** Deletes the sessions whose time is over. */
  readonly removeExpired: (now: number) => void;
  /** Whether there is any session. */
  readonly isKept: () => boolean;
  readonly notices: (clientId: string, since: number, limit: number) => readonly StoredNotice[];
}

/**
 * How long a session is kept after its token has expired, ms. The session may be open, and then its token can still be
 * renewed.
 */
const KEPT = 2 * 86_400_000;

/** How much is kept for each client. */
export interface SessionBounds {
  /** The latest notices: their number, and their length as JSON, characters. */
  readonly notices: number;
  readonly noticeBytes: number;
  /** Tokens. With one more, the one that was used longest ago goes. */
  readonly tokens: number;
}

interface KeptNotice extends StoredNotice {
  readonly bytes: number;
}

/** The notices of a client, and their bytes together. */
interface KeptNotices {
  readonly all: KeptNotice[];
  bytes: number;
}

/** `settled`: a time that is not ahead of the true one; sessions that have expired before it are deleted. */
export const memorySessions = (bounds: SessionBounds, settled: () => number = () => Infinity): MemorySessions => {
  const sessions = new Map<string, StoredSession>();
  /** Tokens of each client. */
  const tokens = several<string, string>();
  /** Only for clients that can come back: no other client asks for notices. */
  const notices = new Map<string, KeptNotices>();

  const save = (session: StoredSession): void => {
    const { token, clientId } = session;
    tokens.delete(clientId, token);
    tokens.add(clientId, token);
    sessions.delete(token);
    sessions.set(token, session);
    const own = tokens.of(clientId);
    const [oldest] = own;
    if (own.length > bounds.tokens && oldest !== undefined) remove(oldest);
  };

  const remove = (token: string): void => {
    const session = sessions.get(token);
    if (session === undefined) return;
    sessions.delete(token);
    const { clientId } = session;
    tokens.delete(clientId, token);
    if (!tokens.has(clientId)) notices.delete(clientId);
  };

  /**
   * Sessions are in the order in which they were saved. If one has not expired, the later ones have not expired
   * either.
   */
  const removeExpired = (at: number): void => {
    const now = Math.min(at, settled());
    for (const { token, expiresAt } of sessions.values()) {
      if (expiresAt + KEPT > now) break;
      remove(token);
    }
  };

  /** Deletes the oldest notices until they are within the bounds. */
  const shorten = (kept: KeptNotices): void => {
    let [bytes, from] = [kept.bytes, 0];
    while (kept.all.length - from > bounds.notices || bytes > bounds.noticeBytes) {
      bytes -= kept.all[from]?.bytes ?? 0;
      from += 1;
    }
    kept.all.splice(0, from);
    kept.bytes = bytes;
  };

  /** The session of a token, if this holder has it. */
  const heldBy = (token: string, holder: string): StoredSession | undefined => {
    const session = sessions.get(token);
    return session?.holder === holder ? session : undefined;
  };

  /** Displaces the client's other sessions with this tag. Gives those that were displaced. */
  const displace = ({ clientId, tag, token: own }: SessionOpening['session']): readonly string[] => {
    if (tag === undefined) return [];
    const others = tokens.of(clientId).flatMap((token) => (token === own ? [] : (sessions.get(token) ?? [])));
    const losers = others.filter((session) => session.tag === tag && !session.displaced);
    for (const loser of losers) sessions.set(loser.token, { ...loser, displaced: true });
    return losers.map(({ holder }) => holder);
  };

  return {
    open: ({ session, resumes }, now) => {
      removeExpired(now);
      const before = sessions.get(session.token);
      if (before?.displaced === true) return { _tag: 'Displaced' };
      if (resumes && (before === undefined || before.expiresAt <= now)) return { _tag: 'Gone' };
      const room = before?.room;
      // The known key is first: with the spread first, the engine would describe the shape of each session anew.
      save({ displaced: false, ...session, ...defined({ room }) });
      return { _tag: 'Opened', displaced: displace(session), ...defined({ room, resumed: before?.holder }) };
    },
    get: (token) => sessions.get(token),
    renew: (session) => {
      const before = sessions.get(session.token);
      // It never saves a session that is not there: its token may have been deleted on purpose.
      if (before === undefined || before.displaced || before.holder !== session.holder) return false;
      save({ ...before, expiresAt: session.expiresAt });
      return true;
    },
    rememberRoom: (token, holder, room) => {
      const session = heldBy(token, holder);
      if (session === undefined) return;
      const { room: left, ...others } = session;
      sessions.set(token, { ...others, ...defined({ room }) });
    },
    forget: (token, holder) => {
      if (heldBy(token, holder) !== undefined) remove(token);
    },
    forgetAll: (clientId) => {
      for (const token of tokens.of(clientId)) remove(token);
    },
    keepNotice: (clientIds, notice) => {
      // All clients share it.
      const shared = { ...notice, bytes: JSON.stringify(notice).length };
      for (const clientId of clientIds) {
        if (!tokens.has(clientId)) continue;
        const kept = notices.get(clientId) ?? { all: [], bytes: 0 };
        kept.all.push(shared);
        kept.bytes += shared.bytes;
        // Not done for each notice, since it moves all notices that stay.
        if (kept.all.length >= 2 * bounds.notices || kept.bytes >= 2 * bounds.noticeBytes) shorten(kept);
        notices.set(clientId, kept);
      }
    },
    notices: (clientId, since, limit) => {
      const kept = notices.get(clientId);
      if (kept === undefined) return [];
      shorten(kept);
      return (
        kept.all
          .filter(({ at }) => at > since)
          // Two notices that are kept at the same time may come in any order.
          .sort((a, b) => a.at - b.at)
          .slice(0, limit)
          .map(({ at, command }) => ({ at, command }))
      );
    },
    removeExpired,
    isKept: () => sessions.size > 0,
  };
};
