import { randomBytes } from 'node:crypto';
import { defined } from '../../codecs/defined.js';
import type { App } from '../app.js';
import { breather } from '../breather.js';
import { MAX_ID } from '../domain/conversations/members.js';
import { fitting } from '../domain/cut.js';
import {
  changesSince,
  missedChanges,
  missedCounts,
  missedMessages,
  withinBytes,
  type Missed,
} from '../domain/messages/missed.js';
import { messageBytes } from '../messages/body.js';
import { closedCommand, isRoomKept } from '../domain/sessions.js';
import { Refusal, reasonOf } from '../domain/refusal.js';
import type { Kicked } from '../logins.js';
import { forget } from '../session-end.js';
import { Session } from '../session.js';
import type { OpeningResult, StoredSession } from '../store/store.js';
import type { CommandOf, Handler, Origin, Reply } from './handler.js';

const DISPLACED = 4111;

const newToken = (): string => randomBytes(24).toString('base64url');
const anonymous = (): string => randomBytes(12).toString('base64url');

type Open = CommandOf<'session', 'open'>;
type Opening = Open['sessionMessage'];

const verify = async (app: App, clientId: string, { appId, sessionMessage: { tag, t, n, s } }: Open): Promise<void> => {
  if (!(await app.verifyLogin({ clientId, ...defined({ appId, tag, t, n, s }) })))
    throw new Refusal(4102, 'the signature of this login was not accepted');
};

/** The refusal of an invalid token: the client has to log in without it. */
const notGood = (): Refusal => new Refusal(4112, 'log in without the token');

const isGood = ({ clientId, expiresAt }: StoredSession, now: number, peerId = clientId): boolean =>
  peerId === clientId && expiresAt > now;

/** The session of a token. */
const resume = async (
  { store, clock, verifyResume }: App,
  peerId: string | undefined,
  token: string,
): Promise<StoredSession> => {
  const now = clock.now();
  const stored = await store.session(token, now);
  if (stored === undefined || !isGood(stored, now, peerId)) throw notGood();
  const { clientId, tag } = stored;
  if (!(await verifyResume({ clientId, ...defined({ tag }) }))) throw notGood();
  return stored;
};

/** The session to store. If the tag and the device are not given, they stay as they were. */
const loginOf = (
  app: App,
  clientId: string,
  open: Open,
  stored: StoredSession | undefined,
  now: number,
): Session['login'] => {
  const { sessionMessage } = open;
  const token = stored?.token ?? newToken();
  return {
    token,
    holder: `${token}:${randomBytes(8).toString('hex')}`,
    clientId,
    deviceId: sessionMessage.deviceId ?? stored?.deviceId ?? '',
    expiresAt: now + app.limits.tokenTtl * 1_000,
    // Last: so all sessions have the same shape, which takes less memory.
    ...defined({ tag: sessionMessage.tag ?? stored?.tag, appId: open.appId ?? stored?.appId }),
  };
};

/**
 * Tells the sessions whose place this session has taken: others with its tag, and its own predecessor on a socket
 * that broke unnoticed.
 */
const tellReplaced = (
  { bus }: App,
  clientId: string,
  { resumed, displaced }: Extract<OpeningResult, { _tag: 'Opened' }>,
): void => {
  if (resumed !== undefined) bus.publish([clientId], { _tag: 'Resume', session: resumed });
  if (displaced.length > 0) bus.publish([clientId], { _tag: 'Displace', sessions: displaced });
};

/**
 * Puts the client into its chat room again, if it comes back soon enough. Gives the time from which on the client gets
 * the room's messages: what was missed is before it.
 */
const comeBack = async (
  app: App,
  session: Session,
  room: StoredSession['room'],
  now: number,
): Promise<number | undefined> => {
  if (room === undefined) return undefined;
  const { store } = app;
  const { clientId, token, holder } = session.login;
  // A client that was blocked meanwhile is refused, or is put out after it has entered.
  return app.inOrder(room.id, async () => {
    const [conversation] = await store.conversations([room.id]);
    const isWelcome =
      conversation !== undefined && (await store.whoIsListed(room.id, 'blocked', [clientId])).size === 0;
    const isIn = isWelcome && isRoomKept(room, now);
    const since = app.clock.now();
    if (isIn) await session.enter(room.id);
    await store.rememberRoom(token, holder, isIn ? { id: room.id } : undefined);
    return isIn ? since : undefined;
  });
};

const missedBy = async (
  { store, limits }: App,
  clientId: string,
  version: Origin['version'],
  opening: Opening,
  now: number,
): Promise<Missed> => {
  const since = changesSince(opening);
  const breathe = breather();
  const missed =
    version === 1
      ? missedMessages(
          withinBytes(
            await store.offline(clientId, limits.unreadConversations, limits.offlineMessages),
            messageBytes,
            limits.answerBytes,
          ),
        )
      : missedCounts(await store.unread(clientId, opening.lastUnreadNotifTime, limits.unreadConversations), now);
  await breathe();
  // Earliest first: the rest comes with the next login, since the client knows the last change that it has.
  const changed = since === undefined ? [] : await store.modifiedSince(clientId, since, limits.patchesAtLogin);
  const changes = missedChanges(changed.slice(0, fitting(changed.map(messageBytes), limits.answerBytes)));
  return { ...missed, pushes: [...missed.pushes, ...changes] };
};

interface Arriving {
  readonly clientId: string;
  /** The session that it continues. */
  readonly stored: StoredSession | undefined;
  /** What a kick has said that came while the client logs in. */
  readonly kicked: () => Kicked | undefined;
}

const openAs = async (
  context: Parameters<Handler<Open>>[0],
  command: Open,
  { clientId, stored, kicked }: Arriving,
): Promise<Reply> => {
  const { app, origin } = context;
  const { sessions, version } = origin;
  const { store, limits, clock, wall } = app;
  const closed = ({ code, reason }: Kicked): Reply => ({ answer: closedCommand(clientId, code, reason) });
  const displaced = closed({ code: DISPLACED, reason: reasonOf(DISPLACED) });
  if (stored?.displaced === true) return displaced;
  if (stored === undefined) await verify(app, clientId, command);
  app.rates.spend('others', clientId);

  const now = clock.now();
  const login = loginOf(app, clientId, command, stored, now);
  // This package's own client asks for a conversation when it has joined it.
  const keepsOutlines = command.sessionMessage.ua?.startsWith('rx-realtime/') !== true;
  const session = new Session(app, origin, login, keepsOutlines);
  try {
    await session.join();
    // It may have waited for long. Its client may have logged in to another process meanwhile.
    if (app.bus.exclusively !== undefined && !origin.isConnected()) throw notGood();
    const opened = await store.openSession({ session: login, resumes: stored !== undefined }, now);
    if (opened._tag === 'Gone') throw notGood();
    if (opened._tag === 'Displaced') {
      session.leave();
      return displaced;
    }
    sessions.get(clientId)?.leave();
    sessions.set(clientId, session);
    if (opened.resumed !== undefined) app.moved(opened.resumed, session.id);
    tellReplaced(app, clientId, opened);
    const since = await comeBack(app, session, opened.room, wall.now());
    const missed = await missedBy(app, clientId, version, command.sessionMessage, now);
    const [ending, kick] = [session.ended(), kicked()];
    const end = ending ?? kick;
    if (end !== undefined) {
      session.leave();
      forget(sessions, session);
      // The session was kicked before it opened, so its token is deleted here.
      if (kick !== undefined || ending?.how === 'kicked') await store.forgetSession(login.token, login.holder);
      return closed(end);
    }
    // It may have waited for long once more. Nobody would tell that the client is gone.
    if (app.bus.exclusively !== undefined && !origin.isConnected()) throw notGood();
    session.isOpen = true;
    app.loggedInToday.add(clientId);
    app.hooks.clientOnline({
      peerId: clientId,
      ...defined({ tag: login.tag }),
      reconnect: stored !== undefined,
      sourceIP: origin.address,
    });
    return {
      answer: {
        cmd: 'session',
        op: 'opened',
        peerId: clientId,
        serverTs: since ?? now,
        sessionMessage: { st: login.token, stTtl: limits.tokenTtl },
      },
      afterwards: () => {
        session.start(missed.pushes, missed.keeps);
      },
    };
  } catch (error) {
    session.leave();
    forget(sessions, session);
    throw error;
  }
};

/**
 * Logs a client in, or resumes a session after a break.
 *
 * If two logins exclude each other, the store decides which one is later: `openSession` is one step. A session is on
 * the bus before it opens, so that a session which takes its place can reach it.
 */
export const sessionOpen: Handler<Open> = async (context, command) => {
  const { app, origin } = context;
  const { sessions } = origin;
  const { limits } = app;
  const { st } = command.sessionMessage;
  if (app.appId !== undefined && command.appId !== app.appId)
    throw new Refusal(4100, `this server does not serve the application ${command.appId ?? ''}`);
  const stored = st === undefined ? undefined : await resume(app, command.peerId, st);
  const clientId = command.peerId ?? stored?.clientId ?? anonymous();
  if (clientId.length < 1 || clientId.length > MAX_ID)
    throw new Refusal(4103, `a client id has 1 to ${MAX_ID} characters`);
  if (!sessions.has(clientId) && sessions.size >= limits.sessionsPerSocket)
    throw new Refusal(4113, `one connection carries at most ${limits.sessionsPerSocket} clients`);
  const underWay = app.logins.begin(clientId);
  try {
    return await openAs(context, command, { clientId, stored, kicked: underWay.kicked });
  } finally {
    underWay.end();
  }
};
