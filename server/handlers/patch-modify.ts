import { clientActor } from '../actor.js';
import { modify } from '../messages/modify.js';
import type { CommandOf, Handler } from './handler.js';

/** Changes or recalls messages, one after the other; the first that is refused ends it. */
export const patchModify: Handler<CommandOf<'patch', 'modify'>> = async ({ app, session }, { patchMessage: { patches = [] } }) => {
  const actor = clientActor(session());
  let lastPatchTime = 0;
  for (const { cid, mid, recall = false, data, binaryMsg, mentionPids = [], mentionAll = false } of patches) {
    const body = binaryMsg === undefined ? (data === undefined ? undefined : { msg: data }) : { binaryMsg };
    const message = await modify(app, actor, {
      conversationId: cid,
      messageId: mid,
      recall,
      ...(body === undefined ? {} : { body }),
      mentions: mentionPids,
      mentionsAll: mentionAll,
    });
    lastPatchTime = message.editedAt ?? message.timestamp;
  }
  return { answer: { cmd: 'patch', op: 'modified', patchMessage: { lastPatchTime } } };
};
