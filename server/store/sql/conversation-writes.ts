/** Changes of conversations, their members, roles and lists. */
import { randomBytes } from 'node:crypto';
import { describedAfter } from '../../domain/conversations/attribute-edits.js';
import { infoOf } from '../../domain/conversations/new-conversation.js';
import { uniqueKey } from '../../domain/memory/held-conversation.js';
import type { ConversationDraft } from '../../domain/records.js';
import { Refusal } from '../../domain/refusal.js';
import type { ConversationWrites, Reads, Setting } from './calls.js';
import { count, flag, limitOf, listOf, number, text, type Row } from './columns.js';
import { attributesText } from './rows.js';
import type { Statements } from './sql.js';
import { all, one, run, type Steps } from './steps.js';

/** Deletes a conversation. Its messages, which may be many, are deleted later. */
export const removeConversation = function* (sql: Statements, id: string): Steps<void> {
  for (const statement of sql.removeConversation) yield* run(statement, id);
};

export const conversationWrites = ({ sql, time, timeOf, keyOf }: Setting, reads: Reads): ConversationWrites => {
  const { head, conversations } = reads;

  const clientsOf = (rows: readonly Row[]): readonly string[] => rows.map((row) => text(row, 'client'));

  const removeMembers = function* (id: string, wanted: readonly string[]): Steps<readonly string[]> {
    const gone = [...new Set(clientsOf(yield* all(sql.whichAreMembers, id, listOf(wanted))))];
    if (gone.length === 0) return [];
    const list = listOf(gone);
    yield* run(sql.removeMembers, id, list);
    yield* run(sql.dropManagers, id, list);
    yield* run(sql.membersVersion, id);
    return gone;
  };

  /** Whether a client is in so many conversations already. */
  const isFull = function* (client: string, most: number): Steps<boolean> {
    return most < Infinity && count(yield* one(sql.memberships, client, limitOf(most))) >= most;
  };

  const checkRoom = function* ({ creator, members, atMost }: ConversationDraft): Steps<void> {
    if (atMost === undefined) return;
    if (creator !== undefined && count(yield* one(sql.created, creator, limitOf(atMost.created))) >= atMost.created)
      throw new Refusal(4318, `a client has at most ${atMost.created} conversations that it has created`);
    for (const member of members)
      if (yield* isFull(member, atMost.memberships))
        throw new Refusal(4304, `a client is in at most ${atMost.memberships} conversations, and ${member} is`);
  };

  return {
    *createConversation(given) {
      const draft = { ...given, now: timeOf(given.now) };
      const { kind, creator, members, name, attributes, unique, ttl, now } = draft;
      const key = unique ? keyOf(uniqueKey(draft)) : undefined;
      const found = key === undefined ? undefined : yield* one(sql.idOfUnique, key);
      if (found !== undefined) {
        const [info] = yield* conversations([text(found, 'id')]);
        if (info !== undefined) return { info, isNew: false };
      }
      yield* checkRoom(draft);
      // It has ended, unless the clock is wrong for a moment: what has ended is deleted later.
      if (found !== undefined) yield* run(sql.noLongerUnique, text(found, 'id'));
      const random = randomBytes(12).toString('hex');
      const id = kind === 'temporary' ? `_tmp:${random}` : random;
      const described = [id, kind, creator, name, attributesText(attributes), unique, key, ttl, now, now];
      yield* run(sql.insertConversation, ...described);
      yield* run(sql.insertLog, id);
      if (members.length > 0) yield* run(sql.addMembers, id, listOf([...new Set(members)]), now);
      if (creator !== undefined) yield* run(sql.setRole, id, creator, 'Owner');
      return { info: infoOf(id, draft), isNew: true };
    },

    *deleteConversation(id) {
      if ((yield* head(id)) === undefined) return false;
      yield* removeConversation(sql, id);
      return true;
    },

    *addMembers(id, wanted, limit, memberships = Infinity) {
      if ((yield* head(id)) === undefined) return undefined;
      const list = listOf(wanted);
      const isBlocked = new Set(clientsOf(yield* all(sql.whichAreListed, id, 'blocked', list)));
      const isMember = new Set(clientsOf(yield* all(sql.whichAreMembers, id, list)));
      const welcome = wanted.filter((member) => !isBlocked.has(member));
      const news = [...new Set(welcome)].filter((member) => !isMember.has(member));
      const room = Math.max(0, limit - count(yield* one(sql.memberCount, id)));
      const added: string[] = [];
      for (const member of news) {
        if (added.length >= room) break;
        if (!(yield* isFull(member, memberships))) added.push(member);
      }
      if (added.length > 0) {
        yield* run(sql.addMembers, id, listOf(added), time());
        yield* run(sql.membersVersion, id);
      }
      const isAdded = new Set(added);
      return {
        added,
        present: welcome.filter((member) => isMember.has(member)),
        full: news.filter((member) => !isAdded.has(member)),
        blocked: wanted.filter((member) => isBlocked.has(member)),
      };
    },

    *removeMembers(id, wanted) {
      return (yield* head(id)) === undefined ? [] : yield* removeMembers(id, wanted);
    },

    *updateConversation(id, change, now) {
      const [before] = yield* conversations([id]);
      if (before === undefined) return undefined;
      const { name, edits } = change;
      const { attributes } = describedAfter(before, change);
      const written = edits === undefined ? undefined : attributesText(attributes);
      const isDescribed = edits !== undefined || name !== undefined;
      yield* run(sql.updateConversation, id, name, written, isDescribed ? timeOf(now) : undefined);
      return (yield* conversations([id]))[0];
    },

    *setMuted(id, clientId, muted) {
      if ((yield* run(sql.setMuted, id, clientId, muted)) > 0) yield* run(sql.membersVersion, id);
    },

    *setRole(id, clientId, role) {
      if ((yield* head(id)) === undefined) return;
      if (role === 'Manager') yield* run(sql.noteRoles, id);
      if (role === 'Member') yield* run(sql.removeRole, id, clientId);
      else yield* run(sql.setRole, id, clientId, role);
    },

    *silenceUntil(id, clientId, until, limit, given) {
      const now = timeOf(given);
      if ((yield* head(id)) === undefined) return false;
      if (until === undefined) return (yield* run(sql.endSilence, id, clientId, now)) > 0;
      yield* run(sql.forgetSilences, id, now);
      const silences = yield* one(sql.silenceCount, id, clientId);
      const isSilenced = silences !== undefined && number(silences, 'own') > 0;
      if (!isSilenced && count(silences) >= limit) return false;
      // The time of a change may be the database's: so much later it ends.
      yield* run(sql.silence, id, clientId, Math.ceil(now + until - given));
      return true;
    },

    *setListed(id, list, clientIds, listed, limit) {
      if ((yield* head(id)) === undefined) return { changed: [], full: [...clientIds], removed: [] };
      const rows = yield* all(sql.whichAreListed, id, list, listOf(clientIds));
      const wasListed = new Set(clientsOf(rows));
      const wanted = [...new Set(clientIds)].filter((clientId) => wasListed.has(clientId) !== listed);
      const room = listed ? Math.max(0, limit - count(yield* one(sql.listedCount, id, list))) : wanted.length;
      const [changed, full] = [wanted.slice(0, room), wanted.slice(room)];
      if (changed.length > 0) yield* run(listed ? sql.list : sql.unlist, id, list, listOf(changed));
      if (list === 'silenced') return { changed, full, removed: [] };
      if (!listed) {
        const were = new Set(clientsOf(rows.filter((row) => flag(row, 'was_member'))));
        return { changed, full, removed: [], wereMembers: changed.filter((client) => were.has(client)) };
      }
      // Not only those that are new on the list: who is blocked is no member.
      const isFullFor = new Set(full);
      const removed = yield* removeMembers(
        id,
        clientIds.filter((client) => !isFullFor.has(client)),
      );
      return { changed, full, removed };
    },
  };
};
