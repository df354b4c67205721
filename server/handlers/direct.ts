import { randomBytes } from 'node:crypto';
import { either as E } from 'fp-ts';
import { defined } from '../../codecs/defined.js';
import { decodeClientFrame, encodeFrame, JsonObject, parseJson, subprotocols } from '../../codecs/index.js';
import { clientActor } from '../actor.js';
import type { App } from '../app.js';
import type { KeptWill } from '../bus.js';
import { HIGH, asSpeaker } from '../conversations/access.js';
import { bodyOf } from '../domain/messages/body.js';
import { checkSize } from '../messages/body.js';
import { deliver, deliverUnasked, type Outgoing } from '../messages/deliver.js';
import { Refusal } from '../domain/refusal.js';
import type { CommandOf, Handler } from './handler.js';

type Direct = CommandOf<'direct'>;

/** The push data for receivers that are offline. */
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

/** Sends a will that was kept for a client whose process has died. */
export const sendKeptWill = async (app: App, { clientId, command: text }: KeptWill): Promise<void> => {
  const decoded = decodeClientFrame(text);
  if (E.isLeft(decoded) || decoded.right.cmd !== 'direct') return;
  await deliverUnasked(app, { isBackEnd: false, clientId }, outgoingOf(clientId, decoded.right));
};

/** Whether a message is put into the queue of its conversation before anything is waited for. A will is not sent. */
export const isQueuedAtOnce = ({ hooks }: App, { directMessage, priority }: Direct): boolean =>
  directMessage.transient !== true && directMessage.will !== true && !hooks.decidesOnMessages && priority !== HIGH;

/**
 * Handles a message: sends it, or, if it is a will, keeps it until the sender's connection breaks. A will is checked
 * now, so that its sender learns about errors. Its acknowledgement has an id and a time that are made for it, since
 * the will has no others yet.
 */
export const direct: Handler<Direct> = async ({ app, session }, command) => {
  const { directMessage: wire } = command;
  const { clock, limits } = app;
  const sender = session();
  const actor = clientActor(sender);
  // The mentioned clients are stored with the message, so they count in its size.
  checkSize(bodyOf(wire), [wire.pushData ?? '', ...(wire.mentionPids ?? [])].join(''), limits.messageBytes);
  const outgoing = outgoingOf(sender.clientId, command);
  if (wire.will === true) {
    await asSpeaker(app, actor, wire.cid);
    const kept = { clientId: sender.clientId, command: String(encodeFrame(command, subprotocols.base64)) };
    await app.bus.keepWill?.(sender.id, kept);
    sender.setWill(async () => {
      await deliverUnasked(app, actor, { ...outgoing, isWill: true });
    });
    return { answer: { cmd: 'ack', ackMessage: { uid: randomBytes(16).toString('base64url'), t: clock.now() } } };
  }
  const { message, answered } = await deliver(app, actor, outgoing);
  return { answer: { cmd: 'ack', ackMessage: { uid: message.id, t: message.timestamp } }, afterwards: answered };
};
