import { randomBytes } from 'node:crypto';
import type { ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { Refusal, reasonOf } from '../refusal.js';
import { joinSession } from '../session.js';
import type { StoredMessage, StoredSession, UnreadSummary } from '../store/store.js';
import type { CommandOf, Handler } from './handler.js';

const MAX_ID = 64;
const DISPLACED = 4111;

const newToken = (): string => randomBytes(24).toString('base64url');
const anonymous = (): string => randomBytes(12).toString('base64url');

type Open = CommandOf<'session', 'open'>;

const verify = async (app: App, clientId: string, { sessionMessage: { tag, t, n, s } }: Open): Promise<void> => {
  const request = {
    clientId,
    ...(tag === undefined ? {} : { tag }),
    ...(t === undefined ? {} : { t }),
    ...(n === undefined ? {} : { n }),
    ...(s === undefined ? {} : { s }),
  };
  if (!(await app.verifyLogin(request))) throw new Refusal(4102, 'the signature of this login was not accepted');
};

/** The session that a token stands for; a token that is not good any more asks the client to log in without it. */
const resume = async (app: App, clientId: string, token: string): Promise<StoredSession> => {
  const stored = await app.store.session(token);
  if (stored?.clientId !== clientId || stored.expiresAt <= app.clock.now()) throw new Refusal(4112, 'log in without the token');
  return stored;
};

const tuple = ({ conversationId, count, mentioned, last }: UnreadSummary) => ({
  cid: conversationId,
  unread: count,
  mentioned,
  ...(last === undefined ? {} : lastOf(last)),
});

const lastOf = ({ id, timestamp, from, msg, binaryMsg }: StoredMessage) => ({
  mid: id,
  timestamp,
  from,
  ...(msg === undefined ? {} : { data: msg }),
  ...(binaryMsg === undefined ? {} : { binaryMsg }),
});

/** Logs a client in, or takes a session up again after a break. */
export const sessionOpen: Handler<Open> = async ({ app, origin }, command) => {
  const { store, bus, limits, clock } = app;
  const { st, tag: wantedTag, deviceId: wantedDevice, lastUnreadNotifTime } = command.sessionMessage;
  if (app.appId !== undefined && command.appId !== app.appId)
    throw new Refusal(4100, `this server does not serve the application ${command.appId ?? ''}`);
  const clientId = command.peerId ?? anonymous();
  if (clientId.length < 1 || clientId.length > MAX_ID) throw new Refusal(4103, `a client id has 1 to ${MAX_ID} characters`);
  if (!origin.sessions.has(clientId) && origin.sessions.size >= limits.sessionsPerSocket) {
    throw new Refusal(4113, `one connection carries at most ${limits.sessionsPerSocket} clients`);
  }

  const stored = st === undefined ? undefined : await resume(app, clientId, st);
  if (stored?.displaced === true) {
    return { answer: { cmd: 'session', op: 'closed', peerId: clientId, sessionMessage: { code: DISPLACED, reason: reasonOf(DISPLACED) } } };
  }
  if (stored === undefined) await verify(app, clientId, command);

  const tag = wantedTag ?? stored?.tag;
  const deviceId = wantedDevice ?? stored?.deviceId ?? '';
  const token = stored?.token ?? newToken();
  const now = clock.now();
  await store.saveSession({
    token,
    clientId,
    deviceId,
    ...(tag === undefined ? {} : { tag }),
    expiresAt: now + limits.tokenTtl * 1_000,
    displaced: false,
  });

  origin.sessions.get(clientId)?.end();
  const session = joinSession({
    id: `${token}:${now}:${randomBytes(4).toString('hex')}`,
    clientId,
    token,
    tag,
    bus,
    write: origin.write,
    ended: () => {
      if (origin.sessions.get(clientId) === session) origin.sessions.delete(clientId);
    },
  });
  origin.sessions.set(clientId, session);
  if (tag !== undefined) {
    await store.displaceSessions(clientId, tag, token);
    bus.publish(clientId, { _tag: 'Displace', tag, by: session.id });
  }

  const unread = await store.unread(clientId, lastUnreadNotifTime, limits.unreadConversations);
  const newest = new Map(unread.map(({ conversationId, last }) => [conversationId, last?.timestamp ?? 0]));
  const notice: ServerCommand = { cmd: 'unread', unreadMessage: { convs: unread.map(tuple), notifTime: now } };
  return {
    answer: {
      cmd: 'session',
      op: 'opened',
      peerId: clientId,
      serverTs: now,
      sessionMessage: { st: token, stTtl: limits.tokenTtl },
    },
    afterwards: () => {
      // What arrived meanwhile and is in the unread counts already would count twice.
      session.start([notice], (push) => push.cmd !== 'direct' || push.directMessage.timestamp > (newest.get(push.directMessage.cid) ?? 0));
    },
  };
};
