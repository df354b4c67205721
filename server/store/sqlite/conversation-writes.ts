/** Changes of conversations, their members, roles and lists. */
import { randomBytes } from 'node:crypto';
import { infoOf } from '../../domain/conversations/new-conversation.js';
import { uniqueKey } from '../../domain/memory/held-conversation.js';
import type { ConversationDraft } from '../../domain/records.js';
import { Refusal } from '../../domain/refusal.js';
import type { ConversationWrites, Reads } from './calls.js';
import { count, flag, limitOf, listOf, text, type Connection } from './connection.js';
import { attributesText } from './rows.js';
import { sql } from './sql.js';

/** Deletes a conversation. Its messages, which may be many, are deleted later. */
export const removeConversation = ({ run }: Connection, id: string): void => {
  for (const statement of sql.removeConversation) run(statement, id);
};

export const conversationWrites = (connection: Connection, reads: Reads): ConversationWrites => {
  const { all, one, run } = connection;
  const { head, conversations } = reads;

  const removeMembers = (id: string, wanted: readonly string[]): readonly string[] => {
    const gone = [...new Set(all(sql.whichAreMembers, id, listOf(wanted)).map((row) => text(row, 'client')))];
    if (gone.length === 0) return [];
    const list = listOf(gone);
    run(sql.removeMembers, id, list);
    run(sql.dropManagers, id, list);
    run(sql.membersVersion, id);
    return gone;
  };

  const checkRoom = ({ creator, members, atMost }: ConversationDraft): void => {
    if (atMost === undefined) return;
    if (creator !== undefined && count(one(sql.created, creator, limitOf(atMost.created))) >= atMost.created)
      throw new Refusal(4318, `a client has at most ${atMost.created} conversations that it has created`);
    const isFull = (member: string): boolean =>
      count(one(sql.memberships, member, limitOf(atMost.memberships))) >= atMost.memberships;
    const full = members.find(isFull);
    if (full !== undefined)
      throw new Refusal(4304, `a client is in at most ${atMost.memberships} conversations, and ${full} is`);
  };

  return {
    createConversation: (draft) => {
      const { kind, creator, members, name, attributes, unique, ttl, now } = draft;
      const key = unique ? uniqueKey(draft) : undefined;
      const found = key === undefined ? undefined : one(sql.idOfUnique, key);
      if (found !== undefined) {
        const [info] = conversations([text(found, 'id')]);
        if (info !== undefined) return { info, isNew: false };
      }
      checkRoom(draft);
      // It has ended, unless the clock is wrong for a moment: what has ended is deleted later.
      if (found !== undefined) run(sql.noLongerUnique, text(found, 'id'));
      const random = randomBytes(12).toString('hex');
      const id = kind === 'temporary' ? `_tmp:${random}` : random;
      run(sql.insertConversation, ...[id, kind, creator, name, attributesText(attributes), unique, key, ttl, now, now]);
      run(sql.insertLog, id);
      if (members.length > 0) run(sql.addMembers, id, listOf([...new Set(members)]));
      if (creator !== undefined) run(sql.setRole, id, creator, 'Owner');
      return { info: infoOf(id, draft), isNew: true };
    },

    deleteConversation: (id) => {
      if (head(id) === undefined) return false;
      removeConversation(connection, id);
      return true;
    },

    addMembers: (id, wanted, limit, memberships = Infinity) => {
      const row = head(id);
      if (row === undefined) return undefined;
      const list = listOf(wanted);
      const isBlocked = new Set(all(sql.whichAreListed, id, 'blocked', list).map((one) => text(one, 'client')));
      const isMember = new Set(all(sql.whichAreMembers, id, list).map((one) => text(one, 'client')));
      const welcome = wanted.filter((member) => !isBlocked.has(member));
      const news = [...new Set(welcome)].filter((member) => !isMember.has(member));
      const hasRoom = (member: string): boolean =>
        count(one(sql.memberships, member, limitOf(memberships))) < memberships;
      const added = news.filter(hasRoom).slice(0, Math.max(0, limit - count(one(sql.memberCount, id))));
      if (added.length > 0) {
        run(sql.addMembers, id, listOf(added));
        run(sql.membersVersion, id);
      }
      const isAdded = new Set(added);
      return {
        added,
        present: welcome.filter((member) => isMember.has(member)),
        full: news.filter((member) => !isAdded.has(member)),
        blocked: wanted.filter((member) => isBlocked.has(member)),
      };
    },

    removeMembers: (id, wanted) => (head(id) === undefined ? [] : removeMembers(id, wanted)),

    updateConversation: (id, { attributes, name }, now) => {
      if (head(id) === undefined) return undefined;
      const isDescribed = attributes !== undefined || name !== undefined;
      const written = attributes === undefined ? undefined : attributesText(attributes);
      run(sql.updateConversation, id, name, written, isDescribed ? now : undefined);
      return conversations([id])[0];
    },

    setMuted: (id, clientId, muted) => {
      if (run(sql.setMuted, id, clientId, muted) > 0) run(sql.membersVersion, id);
    },

    setRole: (id, clientId, role) => {
      if (head(id) === undefined) return;
      if (role === 'Member') run(sql.removeRole, id, clientId);
      else run(sql.setRole, id, clientId, role);
    },

    setListed: (id, list, clientIds, listed, limit) => {
      if (head(id) === undefined) return { changed: [], full: [...clientIds], removed: [] };
      const rows = all(sql.whichAreListed, id, list, listOf(clientIds));
      const wasListed = new Set(rows.map((row) => text(row, 'client')));
      const wanted = [...new Set(clientIds)].filter((clientId) => wasListed.has(clientId) !== listed);
      const room = listed ? Math.max(0, limit - count(one(sql.listedCount, id, list))) : wanted.length;
      const [changed, full] = [wanted.slice(0, room), wanted.slice(room)];
      if (changed.length > 0) run(listed ? sql.list : sql.unlist, id, list, listOf(changed));
      if (list === 'silenced') return { changed, full, removed: [] };
      if (!listed) {
        const were = new Set(rows.filter((row) => flag(row, 'was_member')).map((row) => text(row, 'client')));
        return { changed, full, removed: [], wereMembers: changed.filter((one) => were.has(one)) };
      }
      // Not only those that are new on the list: who is blocked is no member.
      const isFull = new Set(full);
      const removed = removeMembers(
        id,
        clientIds.filter((one) => !isFull.has(one)),
      );
      return { changed, full, removed };
    },
  };
};
