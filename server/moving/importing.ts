/** Puts records into a store, many at a time, and lists what can't be taken. */
import { either as E } from 'fp-ts';
import type { Json } from '../../codecs/index.js';
import type { MessageMoved, MovedConversation, MovingStore, StoredMessage } from '../store/store.js';
import { decodeMoving, timeAfter, type Moving } from './records.js';

/** How many records there were, by what has become of them. */
export interface ImportCounts {
  readonly conversations: number;
  readonly messages: number;
  /** Roles of members. */
  readonly roles: number;
  /** What is kept of clients: lists and marks. */
  readonly standings: number;
  /** They were in the store already. */
  readonly present: number;
  /** They could not be taken: each is listed. */
  readonly refused: number;
  /** They were taken, and something about each is listed. */
  readonly noted: number;
  /** Messages that have another time, since others of their conversation have the same one. */
  readonly retimed: number;
}

/** Something that is listed: where it comes from, and what is to say about it. */
export interface Listed {
  readonly source: string;
  readonly place: string;
  readonly kind: 'refused' | 'note';
  readonly text: string;
}

export interface ImportingOptions {
  readonly store: MovingStore;
  readonly list: (listed: Listed) => void;
  /** ms since 1970. */
  readonly now: () => number;
}

/** What stands in the place of bytes that are no UTF-8. */
const UNREADABLE = '\ufffd';
const NOT_UTF8 = 'it has characters that could not be read, now U+FFFD: is the file in UTF-8?';

/** Records of one file, or of one API. Within a source, messages may go from older to newer ones, or back. */
interface Source {
  readonly add: (place: string, json: Json, text?: string) => Promise<void>;
  readonly refuse: (place: string, why: string) => void;
  /** Stores what was added. */
  readonly flush: () => Promise<void>;
}

export interface Importing {
  /** `direction`: of the messages. Default: it is found out. */
  readonly source: (name: string, direction?: 'old' | 'new') => Source;
  readonly counts: () => ImportCounts;
}

const CONVERSATIONS_AT_ONCE = 500;
const MESSAGES_AT_ONCE = 1_000;
const ROLES_AT_ONCE = 500;
/** Characters of conversations, or of messages, that are stored at once, at most; the last one may be longer. */
const LENGTH_AT_ONCE = 8_388_608;
/** Kinds of conversations that are remembered. */
const KNOWN_KINDS = 50_000;
/** The clock of the cloud may be ahead of this one by so many ms. */
const AHEAD = 3_600_000;

interface Placed<A> {
  readonly place: string;
  readonly value: A;
}

type MovingMessage = Extract<Moving, { _tag: 'Message' }>;
type MovingStanding = Extract<Moving, { _tag: 'Standing' }>;
type MovingRole = Extract<Moving, { _tag: 'Role' }>;

const REASONS: Readonly<Record<Exclude<MessageMoved['_tag'], 'Stored' | 'Present'>, string>> = {
  NoConversation: 'there is no conversation',
  TooOld: 'it is older than the server keeps messages, of the conversation',
};

const ENDED =
  'it has ended, or there was nothing new in it for so long that the server would delete it: the conversation';

export const createImporting = ({ store, list, now }: ImportingOptions): Importing => {
  const counts = {
    conversations: 0,
    messages: 0,
    roles: 0,
    standings: 0,
    present: 0,
    refused: 0,
    noted: 0,
    retimed: 0,
  };
  const systems = new Map<string, boolean>();

  /** Which of these are system conversations. */
  const lookUp = async (ids: readonly string[]): Promise<void> => {
    if (systems.size > KNOWN_KINDS) systems.clear();
    const unknown = [...new Set(ids)].filter((id) => !systems.has(id));
    if (unknown.length === 0) return;
    for (const { id, kind } of await store.conversations(unknown)) systems.set(id, kind === 'system');
  };

  /** The message with those that it is for. */
  const addressed = async ({ message, to }: MovingMessage): Promise<StoredMessage> => {
    const { conversationId: id, from } = message;
    if (to === undefined || systems.get(id) !== true) return message;
    if (to !== id) return { ...message, to: [to] };
    // What a subscriber has sent is for the back end only.
    return (await store.standings(from, [id])).has(id) ? { ...message, to: [] } : message;
  };

  const source: Importing['source'] = (name, given) => {
    let conversations: Placed<MovedConversation>[] = [];
    let messages: Placed<MovingMessage>[] = [];
    let roles: Placed<MovingRole>[] = [];
    let standings: Placed<MovingStanding>[] = [];
    let [length, lengthOfConversations] = [0, 0];
    /** How often a message was later than the one before it in its conversation, less how often it was earlier. */
    let rising = 0;

    const refuse = (place: string, text: string): void => {
      counts.refused += 1;
      list({ source: name, place, kind: 'refused', text });
    };
    const note = (place: string, texts: readonly string[]): void => {
      if (texts.length > 0) counts.noted += 1;
      for (const text of texts) list({ source: name, place, kind: 'note', text });
    };

    const storeConversations = async (): Promise<void> => {
      const all = conversations;
      conversations = [];
      lengthOfConversations = 0;
      if (all.length === 0) return;
      const results = await store.importConversations(all.map(({ value }) => value));
      for (const [index, { place, value }] of all.entries()) {
        const result = results[index];
        if (result?._tag === 'Present') counts.present += 1;
        else if (result?._tag !== 'Stored') refuse(place, `${ENDED} ${value.id}`);
        else {
          counts.conversations += 1;
          if (result.twin !== undefined)
            note(place, [`the members of ${value.id} find ${result.twin}, which is unique with the same members`]);
        }
      }
    };

    const storeRole = async ({ place, value }: Placed<MovingRole>): Promise<void> => {
      const { conversationId: id, clientId, role } = value;
      const { _tag } = await store.speaking(id, clientId);
      if (_tag === 'NoConversation') refuse(place, `${REASONS.NoConversation} ${id}`);
      else if (_tag === 'NotMember') refuse(place, `${clientId} is no member of the conversation ${id}`);
      else if (role === 'Member' || (await store.roles(id)).has(clientId)) counts.present += 1;
      else {
        await store.setRole(id, clientId, role);
        counts.roles += 1;
      }
    };

    const storeRoles = async (): Promise<void> => {
      const all = roles;
      roles = [];
      for (const one of all) await storeRole(one);
    };

    const storeMessages = async (): Promise<void> => {
      const all = messages;
      messages = [];
      length = 0;
      if (all.length === 0) return;
      await lookUp(all.flatMap(({ value }) => (value.to === undefined ? [] : [value.message.conversationId])));
      const wanted: StoredMessage[] = [];
      const last = new Map<string, number>();
      for (const { value } of all) {
        const { conversationId, timestamp } = value.message;
        rising += Math.sign(timestamp - (last.get(conversationId) ?? timestamp));
        last.set(conversationId, timestamp);
        wanted.push(await addressed(value));
      }
      const results = await store.importMessages(wanted, given ?? (rising < 0 ? 'old' : 'new'));
      for (const [index, { place, value }] of all.entries()) {
        const [result, { conversationId, timestamp }] = [results[index], value.message];
        if (result?._tag === 'Present') counts.present += 1;
        else if (result?._tag === 'Stored') {
          counts.messages += 1;
          if (result.timestamp !== timestamp) counts.retimed += 1;
        } else refuse(place, `${REASONS[result?._tag ?? 'NoConversation']} ${conversationId}`);
      }
    };

    const storeStandings = async (): Promise<void> => {
      const all = standings;
      standings = [];
      if (all.length === 0) return;
      const results = await store.importStandings(all.map(({ value }) => value.standing));
      for (const [index, { place, value }] of all.entries()) {
        const result = results[index]?._tag;
        if (result === 'Stored') counts.standings += 1;
        else if (result === 'Present') counts.present += 1;
        else refuse(place, `${REASONS.NoConversation} ${value.standing.conversationId}`);
      }
    };

    const flush = async (): Promise<void> => {
      await storeConversations();
      await storeRoles();
      await storeMessages();
      await storeStandings();
    };

    return {
      refuse,
      flush,
      add: async (place, json, text) => {
        const decoded = decodeMoving(json, text);
        if (E.isLeft(decoded)) {
          refuse(place, decoded.left.message);
          return;
        }
        const moving = decoded.right;
        const key = timeAfter(moving, now() + AHEAD);
        if (key !== undefined) {
          refuse(place, `${key} should be a time in the past`);
          return;
        }
        note(place, [...moving.notes, ...(text?.includes(UNREADABLE) === true ? [NOT_UTF8] : [])]);
        if (moving._tag === 'Conversation') {
          conversations.push({ place, value: moving.conversation });
          lengthOfConversations += (text ?? JSON.stringify(json)).length;
          if (conversations.length >= CONVERSATIONS_AT_ONCE || lengthOfConversations >= LENGTH_AT_ONCE)
            await storeConversations();
          return;
        }
        if (moving._tag === 'Role') {
          roles.push({ place, value: moving });
          if (roles.length >= ROLES_AT_ONCE) await flush();
          return;
        }
        if (moving._tag === 'Standing') {
          standings.push({ place, value: moving });
          if (standings.length >= MESSAGES_AT_ONCE) await flush();
          return;
        }
        messages.push({ place, value: moving });
        const { msg, binaryMsg } = moving.message;
        length += (msg?.length ?? 0) + (binaryMsg?.length ?? 0);
        if (messages.length >= MESSAGES_AT_ONCE || length >= LENGTH_AT_ONCE) await flush();
      },
    };
  };

  return { source, counts: () => ({ ...counts }) };
};
