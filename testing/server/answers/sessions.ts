/** Logins and logouts, and who is online. */
import type { ServerCommand } from '../../../codecs/index.js';
import { unreadBy, unreadLessAt } from '../memory.js';
import type { Link } from '../network.js';
import { directPush, patchPush, unreadPush } from '../pushes.js';
import { tell } from '../sessions.js';
import { refused, type Answers, type Asking, type CommandOf, type World } from '../world.js';

/** How long a token is good, seconds. */
const TOKEN_TTL = 86_400;
const DISPLACED = { code: 4111, reason: 'SESSION_CONFLICT' };
/** So many messages of a conversation come with a login that asks for messages. */
const OFFLINE_AT_MOST = 20;

type Open = CommandOf<'session', 'open'>;

/** Ends what this login takes the place of: the other sessions with its tag, those of who is away among them. */
const displace = ({ sessions, logins }: World, clientId: string, tag: string | undefined, token: string): void => {
  if (tag === undefined) return;
  for (const [other, login] of logins)
    if (other !== token && login.clientId === clientId && login.tag === tag) logins.set(other, { ...login, displaced: true });
  const ended = sessions.of([clientId]).filter((session) => logins.get(session.token)?.displaced === true);
  tell(ended, { cmd: 'session', op: 'closed', sessionMessage: DISPLACED });
  ended.forEach(sessions.end);
};

/** What a login brings of messages and changes that were missed. */
const missedBy = ({ memory, now }: World, clientId: string, { version }: Link, { sessionMessage }: Open): readonly ServerCommand[] => {
  const { lastUnreadNotifTime, lastPatchTime = Infinity } = sessionMessage;
  const own = memory.of(clientId);
  const unread = own.filter(
    (held) => unreadBy(held, clientId).length > 0 || unreadLessAt(held, clientId) >= (lastUnreadNotifTime ?? Infinity),
  );
  const changed = own.flatMap(({ messages }) => messages.filter(({ editedAt = -Infinity }) => editedAt >= lastPatchTime));
  return [
    ...(version === 3
      ? [unreadPush(unread, clientId, now())]
      : own.flatMap((held) =>
          unreadBy(held, clientId)
            .slice(-OFFLINE_AT_MOST)
            .map((message) => directPush(message, { offline: true })),
        )),
    ...(changed.length === 0 ? [] : [patchPush(changed)]),
  ];
};

export const open = (world: World, link: Link, command: Open): Answers => {
  const { sessions, logins, memory, now } = world;
  const { peerId: clientId, sessionMessage } = command;
  const { tag, st = memory.newId('token') } = sessionMessage;
  if (clientId === undefined) return refused(4103, 'INVALID_LOGIN', 'a login names its client');
  if (logins.get(st)?.displaced === true) return [{ cmd: 'session', op: 'closed', sessionMessage: DISPLACED }];
  logins.set(st, { clientId, tag, displaced: false });
  displace(world, clientId, tag, st);
  sessions.begin({ clientId, link, token: st, tag, room: undefined });
  return [
    { cmd: 'session', op: 'opened', serverTs: now(), sessionMessage: { st, stTtl: TOKEN_TTL } },
    ...missedBy(world, clientId, link, command),
  ];
};

export const close = ({ world: { sessions, logins }, session }: Asking): Answers => {
  logins.delete(session.token);
  sessions.end(session);
  return [{ cmd: 'session', op: 'closed' }];
};

export const refresh = ({ session: { token } }: Asking): Answers => [
  { cmd: 'session', op: 'refreshed', sessionMessage: { st: token, stTtl: TOKEN_TTL } },
];

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
