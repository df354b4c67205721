/** Who is told of changes in a conversation (protocol: membership notices). */
import type { ServerCommand } from '../../codecs/index.js';
import { exceptActor, type Actor } from '../actor.js';
import type { App } from '../app.js';

/** Permanent: a client that comes back can ask for what it missed from `serverTs` on. */
const PERMANENT = 1;

type ConvPush = Extract<ServerCommand, { cmd: 'conv' }>;

/** Who did it, where it was somebody. */
export const by = ({ clientId }: Actor): { readonly initBy?: string } => (clientId === undefined ? {} : { initBy: clientId });

/** Tells clients, on all their devices but the acting one, and keeps the notice for those that are away. */
export const tell = async (app: App, actor: Actor, clientIds: readonly string[], notice: ConvPush): Promise<void> => {
  if (clientIds.length === 0) return;
  const at = app.stamp();
  const command = { ...notice, serverTs: at, notificationType: PERMANENT };
  await app.store.keepNotice(clientIds, { at, command });
  app.bus.publish(clientIds, { _tag: 'Push', command, ...exceptActor(actor) });
};

export interface Joined {
  readonly id: string;
  /** Who was invited: they hear that of themselves too. */
  readonly added: readonly string[];
  /** Whom the notice to everybody names. */
  readonly named: readonly string[];
  /** Who is a member now. */
  readonly members: readonly string[];
}

/** Tells everybody: who was added hears both notices, the others one; the session that acted has its answer. */
export const tellJoined = async (app: App, actor: Actor, { id, added, named, members }: Joined): Promise<void> => {
  await tell(app, actor, added, { cmd: 'conv', op: 'joined', convMessage: { cid: id, ...by(actor) } });
  await tell(app, actor, members, { cmd: 'conv', op: 'members_joined', convMessage: { cid: id, ...by(actor), m: [...named] } });
};

export interface Left {
  readonly id: string;
  /** Who is no member any more. */
  readonly gone: readonly string[];
  /** Who still is. */
  readonly members: readonly string[];
}

/** Tells those who were removed that they were, and the others who is gone; the session that acted has its answer. */
export const tellLeft = async (app: App, actor: Actor, { id, gone, members }: Left): Promise<void> => {
  await tell(app, actor, gone, { cmd: 'conv', op: 'left', convMessage: { cid: id, ...by(actor) } });
  await tell(app, actor, members, { cmd: 'conv', op: 'members_left', convMessage: { cid: id, ...by(actor), m: [...gone] } });
};

/** Puts everybody out of a chat room that there is not any more, and tells them before. It is told to who is inside, and not kept: who is away is in no chat room. */
export const endRoom = (app: App, actor: Actor, id: string): void => {
  const left: ConvPush = { cmd: 'conv', op: 'left', serverTs: app.stamp(), convMessage: { cid: id, ...by(actor) } };
  app.bus.publishRoom(id, { _tag: 'Push', command: left });
  app.bus.publishRoom(id, { _tag: 'Exit', roomId: id });
};
