import { clientActor } from '../actor.js';
import { updateAttributes } from '../conversations/attributes.js';
import type { CommandOf, Handler } from './handler.js';

/** Changes the name and attributes of a conversation. Without attributes, it only tells whether it is there. */
export const convUpdate: Handler<CommandOf<'conv', 'update'>> = async (
  { app, session },
  { convMessage: { cid, attr } },
) => ({
  answer: await updateAttributes(app, clientActor(session()), cid, attr?.data ?? '{}'),
});
