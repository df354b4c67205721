import { clientActor } from '../actor.js';
import { breather } from '../breather.js';
import { editWishes } from '../domain/messages/edits.js';
import { modify } from '../messages/modify.js';
import type { CommandOf, Handler } from './handler.js';

/** Edits or recalls messages, one after the other, and stops at the first one that is refused. */
export const patchModify: Handler<CommandOf<'patch', 'modify'>> = async ({ app, session }, { patchMessage }) => {
  const actor = clientActor(session());
  const breathe = breather();
  let lastPatchTime = 0;
  for (const wish of editWishes(patchMessage)) {
    const { editedAt, timestamp } = await modify(app, actor, wish);
    lastPatchTime = editedAt ?? timestamp;
    await breathe();
  }
  return { answer: { cmd: 'patch', op: 'modified', patchMessage: { lastPatchTime } } };
};
