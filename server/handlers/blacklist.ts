/** Handles blocked clients, who can't be members of a conversation. */
import { defined } from '../../codecs/defined.js';
import { clientActor } from '../actor.js';
import { toWire } from '../domain/conversations/members.js';
import { listed, listedAmong, setListed } from '../conversations/roles.js';
import type { CommandOf, Handler } from './handler.js';
import { signed } from './signed.js';

export const blacklistBlock: Handler<CommandOf<'blacklist', 'block'>> = async (
  { app, session },
  { blacklistMessage },
) => {
  const { srcCid, toPids: members = [], t, n, s } = blacklistMessage;
  const actor = clientActor(session());
  const { appId } = actor.session.login;
  await app.verifyAction({
    action: 'block',
    appId,
    clientId: actor.clientId,
    conversationId: srcCid,
    members,
    ...signed({ t, n, s }),
  });
  const outcome = await setListed(app, actor, srcCid, 'blocked', members, true);
  return { answer: { cmd: 'blacklist', op: 'blocked', blacklistMessage: { srcCid, ...toWire(outcome) } } };
};

export const blacklistUnblock: Handler<CommandOf<'blacklist', 'unblock'>> = async (
  { app, session },
  { blacklistMessage },
) => {
  const { srcCid, toPids: members = [], t, n, s } = blacklistMessage;
  const actor = clientActor(session());
  const { appId } = actor.session.login;
  await app.verifyAction({
    action: 'unblock',
    appId,
    clientId: actor.clientId,
    conversationId: srcCid,
    members,
    ...signed({ t, n, s }),
  });
  const outcome = await setListed(app, actor, srcCid, 'blocked', members, false);
  return { answer: { cmd: 'blacklist', op: 'unblocked', blacklistMessage: { srcCid, ...toWire(outcome) } } };
};

export const blacklistQuery: Handler<CommandOf<'blacklist', 'query'>> = async (
  { app, session },
  { blacklistMessage },
) => {
  const { srcCid, ...page } = blacklistMessage;
  const { clientIds, next } = await listed(app, clientActor(session()), srcCid, 'blocked', page);
  return {
    answer: {
      cmd: 'blacklist',
      op: 'query_result',
      blacklistMessage: { srcCid, blockedPids: [...clientIds], ...defined({ next }) },
    },
  };
};

/** Which of some clients are blocked: the Swift SDK asks that. */
export const blacklistCheckBlock: Handler<CommandOf<'blacklist', 'check_block'>> = async (
  { app, session },
  { blacklistMessage: { srcCid, toPids = [] } },
) => {
  const blockedPids = await listedAmong(app, clientActor(session()), srcCid, 'blocked', toPids);
  return { answer: { cmd: 'blacklist', op: 'check_result', blacklistMessage: { srcCid, blockedPids } } };
};
