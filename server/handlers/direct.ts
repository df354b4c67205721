import { randomBytes } from 'node:crypto';
import { either as E } from 'fp-ts';
import { defined } from '../../codecs/defined.js';
import { JsonObject, parseJson } from '../../codecs/index.js';
import { clientActor } from '../actor.js';
import { asSpeaker } from '../conversations/access.js';
import { bodyOf } from '../domain/messages/body.js';
import { checkSize } from '../messages/body.js';
import { deliver, type Outgoing } from '../messages/deliver.js';
import { Refusal } from '../domain/refusal.js';
import type { CommandOf, Handler } from './handler.js';

type Direct = CommandOf<'direct'>;

/** What is to be pushed to those who are not online. */
const pushDataOf = ({ pushData }: Direct['directMessage']): { readonly pushData?: JsonObject } => {
  if (pushData === undefined) return {};
  const data = parseJson(pushData);
  if (E.isLeft(data) || !JsonObject.is(data.right)) throw new Refusal(4114, 'pushData should be a JSON object');
  return { pushData: data.right };
};

const outgoingOf = (from: string, { directMessage: wire, priority }: Direct): Outgoing => ({
  conversationId: wire.cid,
  from,
  body: bodyOf(wire),
  receipt: wire.r === true,
  transient: wire.transient === true,
  mentions: wire.mentionPids ?? [],
  mentionsAll: wire.mentionAll === true,
  ...defined({ token: wire.dt, priority }),
  ...pushDataOf(wire),
});

/**
 * A message is sent; or, as a will, kept until the connection of its sender breaks. A will is acknowledged with an id
 * and a time of its own, since it has no other yet, and checked now, so that its sender hears of what is wrong with
 * it.
 */
export const direct: Handler<Direct> = async ({ app, session }, command) => {
  const { directMessage: wire } = command;
  const { clock, limits } = app;
  const sender = session();
  const actor = clientActor(sender);
  // Whom it mentions is kept with it.
  checkSize(bodyOf(wire), [wire.pushData ?? '', ...(wire.mentionPids ?? [])].join(''), limits.messageBytes);
  const outgoing = outgoingOf(sender.clientId, command);
  if (wire.will === true) {
    await asSpeaker(app, actor, wire.cid);
    sender.setWill(async () => {
      await deliver(app, actor, outgoing);
    });
    return { answer: { cmd: 'ack', ackMessage: { uid: randomBytes(16).toString('base64url'), t: clock.now() } } };
  }
  const { id, timestamp } = await deliver(app, actor, outgoing);
  return { answer: { cmd: 'ack', ackMessage: { uid: id, t: timestamp } } };
};
