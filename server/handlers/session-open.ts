import { randomBytes } from 'node:crypto';
import type { ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { Refusal, reasonOf } from '../refusal.js';
import { newSession, type Session } from '../session.js';
import type { StoredSession } from '../store/store.js';
import type { CommandOf, Handler, Origin, Reply } from './handler.js';
import { directPush, patchItem } from '../messages/pushes.js';
import { unreadPush } from '../messages/unread-push.js';

const MAX_ID = 64;
const DISPLACED = 4111;
/** How long a chat room waits for somebody whose connection broke, ms. */
const ROOM_KEPT = 30 * 60_000;

const newToken = (): string => randomBytes(24).toString('base64url');
const anonymous = (): string => randomBytes(12).toString('base64url');

type Open = CommandOf<'session', 'open'>;
type Opening = Open['sessionMessage'];

/** The bit of `configBitmap` that says so. */
const UNDERSTANDS_PATCHES = 1;

const verify = async (app: App, clientId: string, { appId, sessionMessage: { tag, t, n, s } }: Open): Promise<void> => {
  const request = {
    clientId,
    ...(appId === undefined ? {} : { appId }),
    ...(tag === undefined ? {} : { tag }),
    ...(t === undefined ? {} : { t }),
    ...(n === undefined ? {} : { n }),
    ...(s === undefined ? {} : { s }),
  };
  if (!(await app.verifyLogin(request))) throw new Refusal(4102, 'the signature of this login was not accepted');
};

const isGood = ({ clientId, expiresAt }: StoredSession, now: number, peerId = clientId): boolean => peerId === clientId && expiresAt > now;

/** The session that a token stands for; a token that is not good any more asks the client to log in without it. */
const resume = async ({ store, clock }: App, peerId: string | undefined, token: string): Promise<StoredSession> => {
  const stored = await store.session(token);
  if (stored === undefined || !isGood(stored, clock.now(), peerId)) throw new Refusal(4112, 'log in without the token');
  return stored;
};

/** What the session is to be kept as; a tag and a device that are not named again are those of before. */
const loginOf = (app: App, clientId: string, open: Open, stored: StoredSession | undefined, now: number): StoredSession => {
  const { sessionMessage } = open;
  const appId = open.appId ?? stored?.appId;
  const tag = sessionMessage.tag ?? stored?.tag;
  return {
    token: stored?.token ?? newToken(),
    clientId,
    deviceId: sessionMessage.deviceId ?? stored?.deviceId ?? '',
    ...(tag === undefined ? {} : { tag }),
    ...(appId === undefined ? {} : { appId }),
    ...(stored?.room === undefined ? {} : { room: stored.room }),
    expiresAt: now + app.limits.tokenTtl * 1_000,
    displaced: false,
  };
};

/** Ends what this login takes the place of: others with its tag, and what is left of it on a socket that broke unnoticed. */
const displace = async ({ store, bus }: App, { id, login: { clientId, token, tag } }: Session): Promise<void> => {
  bus.publish([clientId], { _tag: 'Resume', token, by: id });
  if (tag === undefined) return;
  await store.displaceSessions(clientId, tag, token);
  bus.publish([clientId], { _tag: 'Displace', tag, by: id });
};

/** What a login brings of messages that were missed, and which of those that arrived meanwhile are not in it. */
interface Missed {
  readonly pushes: readonly ServerCommand[];
  readonly keeps: (push: ServerCommand) => boolean;
}

/** By the newest message of each conversation that is in what a login brings. */
const laterThan =
  (newest: ReadonlyMap<string, number>): Missed['keeps'] =>
  (push) =>
    push.cmd !== 'direct' || push.directMessage.timestamp > (newest.get(push.directMessage.cid) ?? 0);

const unreadCounts = async ({ store, limits }: App, clientId: string, { lastUnreadNotifTime }: Opening, now: number): Promise<Missed> => {
  const unread = await store.unread(clientId, lastUnreadNotifTime, limits.unreadConversations);
  return {
    pushes: [unreadPush(unread, now)],
    keeps: laterThan(new Map(unread.map(({ conversationId, last }) => [conversationId, last?.timestamp ?? 0]))),
  };
};

/** The messages themselves; the first of a conversation says where there are older ones. */
const offlineMessages = async ({ store, limits }: App, clientId: string): Promise<Missed> => {
  const missed = await store.offline(clientId, limits.unreadConversations, limits.offlineMessages);
  return {
    pushes: missed.flatMap(({ messages, hasMore }) =>
      messages.map((message, index) => directPush(message, { offline: true, hasMore: hasMore && index === 0 })),
    ),
    keeps: laterThan(new Map(missed.map(({ conversationId, messages }) => [conversationId, messages.at(-1)?.timestamp ?? 0]))),
  };
};

/** Changes that this client has missed, where it understands them. */
const missedChanges = async (
  { store, limits }: App,
  clientId: string,
  { lastPatchTime, configBitmap = 0 }: Opening,
): Promise<readonly ServerCommand[]> => {
  if (lastPatchTime === undefined || (configBitmap & UNDERSTANDS_PATCHES) === 0) return [];
  const messages = await store.modifiedSince(clientId, lastPatchTime, limits.patchesAtLogin);
  return messages.length === 0 ? [] : [{ cmd: 'patch', op: 'modify', patchMessage: { patches: messages.map(patchItem) } }];
};

/** A chat room is entered again by who comes back soon enough. */
const comeBack = async ({ store }: App, session: Session, now: number): Promise<void> => {
  const { clientId, token, room } = session.login;
  if (room === undefined) return;
  const [conversation] = await store.conversations([room.id]);
  const isWelcome = conversation !== undefined && (await store.whoIsListed(room.id, 'blocked', [clientId])).size === 0;
  const isSoon = room.leftAt === undefined || now - room.leftAt <= ROOM_KEPT;
  if (isWelcome && isSoon) await session.enter(room.id);
  await store.rememberRoom(token, isWelcome && isSoon ? { id: room.id } : undefined);
};

const begin = async (app: App, session: Session, version: Origin['version'], opening: Opening, now: number): Promise<Reply> => {
  const { limits } = app;
  const { clientId, token } = session.login;
  await session.join();
  await displace(app, session);
  await comeBack(app, session, now);
  const missed = version === 1 ? await offlineMessages(app, clientId) : await unreadCounts(app, clientId, opening, now);
  const notices = [...missed.pushes, ...(await missedChanges(app, clientId, opening))];
  return {
    answer: { cmd: 'session', op: 'opened', peerId: clientId, serverTs: now, sessionMessage: { st: token, stTtl: limits.tokenTtl } },
    afterwards: () => {
      session.start(notices, missed.keeps);
    },
  };
};

/** Logs a client in, or takes a session up again after a break. */
export const sessionOpen: Handler<Open> = async ({ app, origin: { sessions, writePush, missed, version } }, command) => {
  const { store, bus, limits, clock } = app;
  const { st } = command.sessionMessage;
  if (app.appId !== undefined && command.appId !== app.appId)
    throw new Refusal(4100, `this server does not serve the application ${command.appId ?? ''}`);
  const stored = st === undefined ? undefined : await resume(app, command.peerId, st);
  const clientId = command.peerId ?? stored?.clientId ?? anonymous();
  if (clientId.length < 1 || clientId.length > MAX_ID) throw new Refusal(4103, `a client id has 1 to ${MAX_ID} characters`);
  if (!sessions.has(clientId) && sessions.size >= limits.sessionsPerSocket) {
    throw new Refusal(4113, `one connection carries at most ${limits.sessionsPerSocket} clients`);
  }
  if (stored?.displaced === true) {
    return { answer: { cmd: 'session', op: 'closed', peerId: clientId, sessionMessage: { code: DISPLACED, reason: reasonOf(DISPLACED) } } };
  }
  if (stored === undefined) await verify(app, clientId, command);
  app.rates.spend('others', clientId);

  const now = clock.now();
  const login = loginOf(app, clientId, command, stored, now);
  await store.saveSession(login, now);

  const end = (): void => {
    if (sessions.get(clientId) === session) sessions.delete(clientId);
  };
  const tagged = login.tag === undefined ? {} : { tag: login.tag };
  const session = newSession({
    id: `${login.token}:${randomBytes(8).toString('hex')}`,
    login,
    bus,
    rooms: app.rooms,
    write: writePush,
    missed,
    ended: (how) => {
      end();
      if (how !== 'resumed') app.hooks.clientOffline({ peerId: clientId, ...tagged, closeCode: how === 'displaced' ? 3 : 4 });
    },
    expelled: () => {
      void store.rememberRoom(login.token, undefined).catch(app.report);
    },
  });
  sessions.get(clientId)?.leave();
  sessions.set(clientId, session);
  try {
    const reply = await begin(app, session, version, command.sessionMessage, now);
    app.hooks.clientOnline({ peerId: clientId, ...tagged, reconnect: stored !== undefined });
    return reply;
  } catch (error) {
    session.leave();
    end();
    throw error;
  }
};
