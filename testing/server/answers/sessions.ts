/** Logins, logouts, and queries of online clients. */
import { defined } from '../../../codecs/defined.js';
import type { ServerCommand } from '../../../codecs/index.js';
import { changesSince, missedChanges, missedCounts, missedMessages } from '../../../server/domain/messages/missed.js';
import { Refusal, reasonOf } from '../../../server/domain/refusal.js';
import { closedCommand, isRoomKept } from '../../../server/domain/sessions.js';
import type { Link } from '../network.js';
import type { Answers, Asking, CommandOf, World } from '../world.js';

/** How long a token is valid, seconds. */
const TOKEN_TTL = 86_400;
const DISPLACED = 4111;
/** Largest number of messages of a conversation that a login in the offline mode brings. */
const OFFLINE_AT_MOST = 20;

type Open = CommandOf<'session', 'open'>;

const displacedCommand = (clientId: string): ServerCommand => closedCommand(clientId, DISPLACED, reasonOf(DISPLACED));

/** The missed messages and changes that a login brings. */
const missedBy = (
  { memory, now }: World,
  clientId: string,
  { version }: Link,
  { sessionMessage }: Open,
): readonly ServerCommand[] => {
  const since = changesSince(sessionMessage);
  const { pushes } =
    version === 3
      ? missedCounts(memory.unread(clientId, sessionMessage.lastUnreadNotifTime, Infinity), now())
      : missedMessages(memory.offline(clientId, Infinity, OFFLINE_AT_MOST));
  return [...pushes, ...(since === undefined ? [] : missedChanges(memory.modifiedSince(clientId, since, Infinity)))];
};

export const open = (world: World, link: Link, command: Open): Answers => {
  const { sessions, memory, newId, now } = world;
  const { peerId: clientId, sessionMessage } = command;
  const { tag, deviceId = '', st: token = newId('token') } = sessionMessage;
  if (clientId === undefined) throw new Refusal(4103, 'a login names its client');
  const id = newId('session');
  const login = { token, holder: id, clientId, deviceId, expiresAt: now() + TOKEN_TTL * 1_000, ...defined({ tag }) };
  const opened = memory.sessions.open({ session: login, resumes: sessionMessage.st !== undefined }, now());
  if (opened._tag === 'Gone') throw new Refusal(4112, 'log in without the token');
  if (opened._tag === 'Displaced') return [displacedCommand(clientId)];
  sessions
    .byId([...opened.displaced, ...(opened.resumed === undefined ? [] : [opened.resumed])])
    .forEach((replaced) => {
      if (replaced.link !== link && replaced.id !== opened.resumed) replaced.link.push(displacedCommand(clientId));
      sessions.end(replaced);
    });
  const { room } = opened;
  const isIn = room !== undefined && memory.conversations([room.id]).length > 0 && isRoomKept(room, now());
  sessions.begin({ isBackEnd: false, id, clientId, link, token, room: isIn ? room.id : undefined });
  return [
    { cmd: 'session', op: 'opened', serverTs: now(), sessionMessage: { st: token, stTtl: TOKEN_TTL } },
    ...missedBy(world, clientId, link, command),
  ];
};

/** A client that comes back within some time is still in the chat room that it was in. */
export const breakOff = ({ sessions, memory, now }: World, link: Link): void => {
  for (const { id, token, room } of sessions.endOn(link))
    if (room !== undefined) memory.sessions.rememberRoom(token, id, { id: room, leftAt: now() });
};

export const close = ({ world: { sessions, memory }, session }: Asking): Answers => {
  memory.sessions.forget(session.token, session.id);
  sessions.end(session);
  return [{ cmd: 'session', op: 'closed' }];
};

export const refresh = ({ world: { memory, now }, session: { id: holder, token, clientId } }: Asking): Answers => {
  memory.sessions.renew({ token, holder, clientId, deviceId: '', expiresAt: now() + TOKEN_TTL * 1_000 });
  return [{ cmd: 'session', op: 'refreshed', sessionMessage: { st: token, stTtl: TOKEN_TTL } }];
};

export const online = (
  { world: { sessions } }: Asking,
  { sessionMessage: { sessionPeerIds = [] } }: CommandOf<'session', 'query'>,
): Answers => [
  {
    cmd: 'session',
    op: 'query_result',
    sessionMessage: { onlineSessionPeerIds: sessionPeerIds.filter((id) => sessions.of([id]).length > 0) },
  },
];
