/** Who is told of joins and leaves (protocol: membership notices). */
import type { ServerCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { Refusal } from '../refusal.js';
import type { Session } from '../session.js';

const MAX_ID = 64;
/** Permanent: a client that comes back can ask for what it missed from `serverTs` on. */
const PERMANENT = 1;

/** Refuses what can't be client ids. */
export const checkMembers = (members: readonly string[]): void => {
  if (members.some((member) => member.length < 1 || member.length > MAX_ID))
    throw new Refusal(4103, `a member's id has 1 to ${MAX_ID} characters`);
};

type Op = 'joined' | 'left' | 'members_joined' | 'members_left';

const notice = ({ clock }: App, { clientId }: Session, cid: string, op: Op, m?: readonly string[]): ServerCommand => ({
  cmd: 'conv',
  op,
  serverTs: clock.now(),
  notificationType: PERMANENT,
  convMessage: { cid, initBy: clientId, ...(m === undefined ? {} : { m: [...m] }) },
});

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
export const tellJoined = (app: App, actor: Session, { id, added, named, members }: Joined): void => {
  app.bus.publish(added, { _tag: 'Push', command: notice(app, actor, id, 'joined') });
  app.bus.publish(members, { _tag: 'Push', command: notice(app, actor, id, 'members_joined', named), except: actor.id });
};

export interface Left {
  readonly id: string;
  /** Who is no member any more. */
  readonly gone: readonly string[];
  /** Who still is. */
  readonly members: readonly string[];
}

/** Tells those who were removed that they were, and the others who is gone; the session that acted has its answer. */
export const tellLeft = (app: App, actor: Session, { id, gone, members }: Left): void => {
  app.bus.publish(gone, { _tag: 'Push', command: notice(app, actor, id, 'left'), except: actor.id });
  app.bus.publish(members, { _tag: 'Push', command: notice(app, actor, id, 'members_left', gone), except: actor.id });
};
