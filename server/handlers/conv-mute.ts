import { clientActor } from '../actor.js';
import type { App } from '../app.js';
import { setMuted } from '../conversations/attributes.js';
import type { Session } from '../session.js';
import type { CommandOf, Handler, Reply } from './handler.js';

const mute = async (app: App, member: Session, cid: string, muted: boolean): Promise<Reply> => {
  const updatedAt = await setMuted(app, clientActor(member), cid, muted);
  return { answer: { cmd: 'conv', op: 'updated', convMessage: { cid, udate: new Date(updatedAt).toISOString() } } };
};

export const convMute: Handler<CommandOf<'conv', 'mute'>> = ({ app, session }, { convMessage: { cid } }) => mute(app, session(), cid, true);

export const convUnmute: Handler<CommandOf<'conv', 'unmute'>> = ({ app, session }, { convMessage: { cid } }) =>
  mute(app, session(), cid, false);
