import type { App } from '../app.js';
import type { Session } from '../session.js';
import { ownConversation } from './direct.js';
import type { CommandOf, Handler, Reply } from './handler.js';

/** A member wants push notifications of a conversation, or none. */
const setMuted = (app: App, member: Session, cid: string, muted: boolean): Promise<Reply> =>
  app.inOrder(cid, async () => {
    const { mutedMembers = [] } = await ownConversation(app, member, cid);
    const others = mutedMembers.filter((id) => id !== member.clientId);
    const now = app.clock.now();
    await app.store.updateConversation(cid, { mutedMembers: muted ? [...others, member.clientId] : others }, now);
    return { answer: { cmd: 'conv', op: 'updated', convMessage: { cid, udate: new Date(now).toISOString() } } };
  });

export const convMute: Handler<CommandOf<'conv', 'mute'>> = ({ app, session }, { convMessage: { cid } }) =>
  setMuted(app, session(), cid, true);

export const convUnmute: Handler<CommandOf<'conv', 'unmute'>> = ({ app, session }, { convMessage: { cid } }) =>
  setMuted(app, session(), cid, false);
