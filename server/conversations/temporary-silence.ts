/** Clients that may not speak for some time. */
import type { Actor } from '../actor.js';
import type { App } from '../app.js';
import { checkMembers } from '../domain/conversations/members.js';
import { Refusal } from '../domain/refusal.js';
import { existing } from './access.js';
import { tellListed } from './roles.js';

/** The longest silence, seconds: a day, as in the cloud. */
const LONGEST = 86_400;

/**
 * Silences a client for some seconds, or ends that if they are undefined. Who is concerned is told, as of every
 * silence; nobody is told when the time is over.
 */
export const silenceFor = async (
  app: App,
  actor: Actor,
  id: string,
  clientId: string,
  seconds: number | undefined,
): Promise<void> => {
  checkMembers([clientId]);
  if (seconds !== undefined && !(Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= LONGEST))
    throw new Refusal(4114, `a silence lasts 1 to ${LONGEST} seconds`);
  return app.alone(id, async () => {
    const info = await existing(app, id);
    if (info.kind === 'temporary') throw new Refusal(4314, 'a temporary conversation has no silenced clients');
    const { store, limits, wall } = app;
    const now = wall.now();
    const until = seconds === undefined ? undefined : now + seconds * 1_000;
    const isMade = await store.silenceUntil(id, clientId, until, limits.listed, now);
    if (!isMade && until !== undefined) throw new Refusal(4561, `at most ${limits.listed} clients are silenced`);
    if (!isMade) return;
    const told = info.members?.includes(clientId) === true ? [clientId] : [];
    // Who has nothing to do with the conversation is not spoken of there.
    if (told.length === 0 && info.kind !== 'room') return;
    const ops =
      until === undefined
        ? (['unshutuped', 'members_unshutuped'] as const)
        : (['shutuped', 'members_shutuped'] as const);
    await tellListed(app, actor, info, { changed: [clientId], told }, ops);
  });
};
