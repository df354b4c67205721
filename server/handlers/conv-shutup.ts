/** Handles silenced clients, who may not send in a conversation. */
import { defined } from '../../codecs/defined.js';
import { clientActor } from '../actor.js';
import { toWire } from '../domain/conversations/members.js';
import { listed, listedAmong, setListed } from '../conversations/roles.js';
import type { CommandOf, Handler } from './handler.js';

export const convAddShutup: Handler<CommandOf<'conv', 'add_shutup'>> = async (
  { app, session },
  { convMessage: { cid, m = [] } },
) => {
  const outcome = await setListed(app, clientActor(session()), cid, 'silenced', m, true);
  return { answer: { cmd: 'conv', op: 'shutup_added', convMessage: { cid, ...toWire(outcome) } } };
};

export const convRemoveShutup: Handler<CommandOf<'conv', 'remove_shutup'>> = async (
  { app, session },
  { convMessage: { cid, m = [] } },
) => {
  const outcome = await setListed(app, clientActor(session()), cid, 'silenced', m, false);
  return { answer: { cmd: 'conv', op: 'shutup_removed', convMessage: { cid, ...toWire(outcome) } } };
};

export const convQueryShutup: Handler<CommandOf<'conv', 'query_shutup'>> = async (
  { app, session },
  { convMessage: { cid, ...page } },
) => {
  const { clientIds, next } = await listed(app, clientActor(session()), cid, 'silenced', page);
  return {
    answer: { cmd: 'conv', op: 'shutup_result', convMessage: { cid, m: [...clientIds], ...defined({ next }) } },
  };
};

/** Which of some members are silenced: the Swift SDK asks that. */
export const convCheckShutup: Handler<CommandOf<'conv', 'check_shutup'>> = async (
  { app, session },
  { convMessage: { cid, m = [] } },
) => {
  const silenced = await listedAmong(app, clientActor(session()), cid, 'silenced', m);
  return { answer: { cmd: 'conv', op: 'check_result', convMessage: { cid, m: silenced } } };
};
