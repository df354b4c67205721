import type { PatchItem } from '../../codecs/index.js';
import type { App } from '../app.js';
import { Refusal } from '../refusal.js';
import type { Session } from '../session.js';
import type { StoredMessage } from '../store/store.js';
import { ownConversation, typeOf } from './direct.js';
import type { CommandOf, Handler } from './handler.js';
import { unreadPush } from './unread-push.js';

type Wish = NonNullable<CommandOf<'patch', 'modify'>['patchMessage']['patches']>[number];

const RECALLED = -127;

/** A changed message as clients are told of it. */
export const patchItem = (message: StoredMessage): PatchItem => {
  const { id, conversationId, from, timestamp, editedAt = timestamp, type, mentions, mentionsAll, msg, binaryMsg } = message;
  return {
    cid: conversationId,
    mid: id,
    from,
    timestamp,
    patchTimestamp: editedAt,
    recall: type === RECALLED,
    ...(msg === undefined ? {} : { data: msg }),
    ...(binaryMsg === undefined ? {} : { binaryMsg }),
    ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
    ...(mentionsAll ? { mentionAll: true } : {}),
  };
};

/** Changes one message, and tells every other session of every member. Gives when it was changed. */
const modify = async ({ store, bus, clock, limits, inOrder, ...app }: App, sender: Session, wish: Wish): Promise<number> =>
  inOrder(wish.cid, async () => {
    const { cid, mid, recall = false, data, binaryMsg, mentionPids = [], mentionAll = false } = wish;
    const { members = [] } = await ownConversation({ store, bus, clock, limits, inOrder, ...app }, sender, cid);
    if (!recall && data === undefined && binaryMsg === undefined) throw new Refusal(4114, 'a message is changed to a body, or recalled');
    const bytes = Buffer.byteLength(data ?? '') + (binaryMsg?.length ?? 0);
    if (bytes > limits.messageBytes) throw new Refusal(4109, `a message has at most ${limits.messageBytes} bytes, this one has ${bytes}`);
    const result = await store.modify({
      conversationId: cid,
      messageId: mid,
      by: sender.clientId,
      recall,
      mentions: mentionPids,
      mentionsAll: mentionAll,
      ...typeOf(data),
      ...(data === undefined ? {} : { msg: data }),
      ...(binaryMsg === undefined ? {} : { binaryMsg }),
      now: clock.now(),
    });
    if (result._tag === 'Missing') throw new Refusal(4404, `there is no message ${mid} in this conversation`);
    if (result._tag === 'Foreign') throw new Refusal(4403, 'a message is changed and recalled by who has sent it');

    const { message, unreadBy } = result;
    bus.publish(members, {
      _tag: 'Push',
      command: { cmd: 'patch', op: 'modify', patchMessage: { patches: [patchItem(message)] } },
      except: sender.id,
    });
    if (recall) {
      for (const member of unreadBy) {
        const summary = await store.unreadIn(cid, member);
        bus.publish([member], { _tag: 'Push', command: unreadPush([summary], clock.now()) });
      }
    }
    return message.editedAt ?? message.timestamp;
  });

/** Changes or recalls messages, one after the other; the first that is refused ends it. */
export const patchModify: Handler<CommandOf<'patch', 'modify'>> = async ({ app, session }, { patchMessage: { patches = [] } }) => {
  const sender = session();
  let lastPatchTime = 0;
  for (const wish of patches) lastPatchTime = await modify(app, sender, wish);
  return { answer: { cmd: 'patch', op: 'modified', patchMessage: { lastPatchTime } } };
};
