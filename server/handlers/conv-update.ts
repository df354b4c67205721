import { assignAttribute, encodeAttributes } from '../../codecs/index.js';
import { Refusal } from '../refusal.js';
import { describedBy } from './described-by.js';
import { ownConversation } from './direct.js';
import type { CommandOf, Handler } from './handler.js';

/** Changes the name and attributes of a conversation, and tells the other sessions of all members which. */
export const convUpdate: Handler<CommandOf<'conv', 'update'>> = async ({ app, session }, { convMessage: { cid, attr } }) => {
  const actor = session();
  const { store, bus, clock, inOrder } = app;
  return inOrder(cid, async () => {
    const { members = [], attributes } = await ownConversation(app, actor, cid);
    const { name, attributes: changed } = describedBy(attr.data);
    const merged = Object.entries(changed).reduce((all, [key, value]) => assignAttribute(all, key.split('.'), value), attributes);
    const now = clock.now();
    const updated = await store.updateConversation(cid, { attributes: merged, ...(name === undefined ? {} : { name }) }, now);
    if (updated === undefined) throw new Refusal(4303, `there is no conversation ${cid}`);
    const data = encodeAttributes({ ...changed, ...(name === undefined ? {} : { name }) });
    bus.publish(members, {
      _tag: 'Push',
      command: {
        cmd: 'conv',
        op: 'updated',
        convMessage: { cid, initBy: actor.clientId, attr: { data }, udate: new Date(now).toISOString() },
      },
      except: actor.id,
    });
    return { answer: { cmd: 'conv', op: 'updated', convMessage: { cid, udate: new Date(now).toISOString(), attrModified: { data } } } };
  });
};
