/** Creates, finds and updates conversations. */
import { defined } from '../../../codecs/defined.js';
import { forChange, forMuting, isMember } from '../../../server/domain/conversations/access.js';
import {
  attributesChange,
  doneBy,
  mutedAnswer,
  updatedAnswer,
  updatedNotice,
} from '../../../server/domain/conversations/attributes.js';
import { checkMembers, foundersOf } from '../../../server/domain/conversations/members.js';
import { addedNotices } from '../../../server/domain/conversations/notices.js';
import { results, searchOf } from '../../../server/domain/conversations/search.js';
import { draftOf, started, wantedBy } from '../../../server/domain/conversations/start.js';
import { compileJavaScript } from '../javascript-regex.js';
import { tell } from '../sessions.js';
import { audience, existing, tellAll, type Answers, type Asking, type CommandOf } from '../world.js';
import { join, move } from './members.js';

export const start = (asking: Asking, { convMessage }: CommandOf<'conv', 'start'>): Answers => {
  const { world, session } = asking;
  const wanted = wantedBy(convMessage);
  const members = foundersOf(session, wanted.members);
  checkMembers(members);
  const { info, isNew } = world.memory.createConversation(draftOf(session, wanted, world.now()));
  const answer = started(info, world.now());
  // Who makes a chat room is in it.
  if (info.kind === 'room') move(asking, info.id);
  if (info.kind !== 'ordinary' && info.kind !== 'temporary') return [answer];
  if (isNew) return [answer, ...tellAll(asking, addedNotices(session, info, [], members, world.now()))];
  if (info.kind === 'temporary') return [answer];
  // A client that has quit the conversation becomes a member again.
  return [answer, ...(isMember(info, session) ? [] : join(asking, info, [session.clientId]))];
};

export const query = ({ world, session }: Asking, { convMessage }: CommandOf<'conv', 'query'>): Answers => {
  const search = searchOf(session, convMessage, { compile: compileJavaScript, isOpen: world.isOpen });
  const found = world.memory.find(search);
  const ids = found.map(({ id }) => id);
  return [results(found, convMessage, undefined, world.memory.standings(session.clientId, ids))];
};

export const update = (
  { world, session }: Asking,
  { convMessage: { cid, attr } }: CommandOf<'conv', 'update'>,
): Answers => {
  const { memory, now } = world;
  const info = forChange(existing(world, cid), session, memory.roles(cid));
  const wanted = attributesChange(attr?.data ?? '{}');
  const updated = memory.updateConversation(cid, { edits: wanted.edits, ...defined({ name: wanted.name }) }, now());
  const done = doneBy(wanted, updated?.attributes ?? {});
  tell(audience(world, info), updatedNotice(session, cid, done, now()), session);
  return [updatedAnswer(cid, done, now())];
};

/** Turns this client's push notifications on or off. */
export const mute = (
  { world, session }: Asking,
  { op, convMessage: { cid } }: CommandOf<'conv', 'mute' | 'unmute'>,
): Answers => {
  const info = forMuting(existing(world, cid), session);
  world.memory.setMuted(cid, session.clientId, op === 'mute');
  return [mutedAnswer(info, world.now())];
};
