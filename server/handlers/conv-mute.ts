import { clientActor } from '../actor.js';
import { setMuted } from '../conversations/attributes.js';
import type { CommandOf, Handler } from './handler.js';

export const convMute: Handler<CommandOf<'conv', 'mute'>> = async ({ app, session }, { convMessage: { cid } }) => ({
  answer: await setMuted(app, clientActor(session()), cid, true),
});

export const convUnmute: Handler<CommandOf<'conv', 'unmute'>> = async ({ app, session }, { convMessage: { cid } }) => ({
  answer: await setMuted(app, clientActor(session()), cid, false),
});
