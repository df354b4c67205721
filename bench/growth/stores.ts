/** The calls of the store. */
import { memoryStore, type ConversationDraft, type MemoryStoreOptions, type Store } from 'rx-realtime/server';
import { HERE, WRITER, SELF } from './entries.js';
import { times, type Subject as Measured, type Work } from './subject.js';

/** Conversations without activity end some day. */
const NOW = Date.now();

const draft = (change: Partial<ConversationDraft> = {}): ConversationDraft => ({
  kind: 'ordinary',
  members: [SELF, WRITER],
  creator: SELF,
  attributes: {},
  unique: false,
  now: NOW,
  ...change,
});

const text = (conversationId: string, number: number) => ({
  conversationId,
  from: WRITER,
  token: `token-${String(number)}`,
  receipt: true,
  mentions: [],
  mentionsAll: false,
  msg: '{"_lctype":-1,"_lctext":"hello"}',
  type: -1,
  now: NOW,
});

const create = async (store: Store, change?: Partial<ConversationDraft>): Promise<string> =>
  (await store.createConversation(draft(change))).info.id;

/** Work with a store of its own. */
const withStore =
  (
    prepare: (store: Store, size: number) => (() => Promise<unknown>) | Promise<() => Promise<unknown>>,
    options: (size: number) => MemoryStoreOptions = () => ({}),
  ) =>
  async (size: number): Promise<Work> => {
    const store = memoryStore({ whileSwept: () => () => undefined, ...options(size) });
    return { run: await prepare(store, size), end: () => store.close() };
  };

const fill = async (store: Store, id: string, size: number): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const number of times(size)) {
    const [appended] = await store.append([text(id, number)]);
    if (appended?._tag === 'Appended') ids.push(appended.message.id);
  }
  return ids;
};

/** Does something for each of N, one after the other. */
const each = (size: number, call: (number: number) => Promise<unknown>) => async () => {
  for (const number of times(size)) await call(number);
};

const subjects: readonly Measured[] = [
  {
    name: 'store: N messages in a conversation',
    covers: ['store.append', 'store.message', 'store.speaking'],
    isSlow: true,
    prepare: withStore(async (store, size) => {
      const id = await create(store);
      return each(size, async (number) => {
        await store.append([text(id, number)]);
        await store.message(id, { from: WRITER, token: `token-${String(number)}` });
      });
    }),
  },
  {
    name: 'store: N messages in a conversation that keeps N / 2',
    covers: ['store.append'],
    isSlow: true,
    sizes: [1_000, 10_000, 100_000],
    prepare: withStore(
      async (store, size) => {
        const id = await create(store);
        return each(size, (number) => store.append([text(id, number)]));
      },
      (size) => ({ historyMessages: size / 2 }),
    ),
  },
  {
    name: 'store: the history of N messages, page by page',
    covers: ['store.history'],
    isSlow: true,
    prepare: withStore(async (store, size) => {
      const id = await create(store);
      await fill(store, id, size);
      return async () => {
        let before: number | undefined;
        for (let left = size; left > 0; left -= 100) {
          const [oldest] = await store.history({
            conversationId: id,
            direction: 'old',
            limit: 100,
            ...(before === undefined ? {} : { from: { timestamp: before, included: false } }),
          });
          before = oldest?.timestamp;
        }
      };
    }),
  },
  {
    name: 'store: N messages are acknowledged and read one by one',
    covers: ['store.acknowledge', 'store.markRead', 'store.receipts', 'store.unreadOf'],
    isSlow: true,
    prepare: withStore(async (store, size) => {
      const id = await create(store);
      const ids = await fill(store, id, size);
      return each(size, async (number) => {
        await store.acknowledge(id, SELF, { id: ids[number] ?? '' }, 1);
        await store.markRead(id, SELF, { id: ids[number] ?? '' }, 1);
        await store.unreadOf(id, [SELF]);
        await store.receipts(id);
      });
    }),
  },
  {
    name: 'store: N messages are edited, then told of in pages',
    covers: ['store.modify', 'store.modifiedSince'],
    isSlow: true,
    prepare: withStore(async (store, size) => {
      const id = await create(store);
      const ids = await fill(store, id, size);
      return async () => {
        for (const [number, messageId] of ids.entries())
          await store.modify({ ...text(id, number), messageId, by: WRITER, recall: false, now: NOW + number });
        for (let since = 0; since < size; since += 100) await store.modifiedSince(SELF, NOW + since, 100);
      };
    }),
  },
  {
    name: 'store: N conversations are created, changed, looked up and deleted',
    covers: [
      'store.createConversation',
      'store.conversations',
      'store.updateConversation',
      'store.setMuted',
      'store.deleteConversation',
      'store.setRole',
      'store.roles',
      'store.hasRoles',
    ],
    isSlow: true,
    prepare: withStore((store, size) =>
      each(size, async (number) => {
        const id = await create(store, { members: [SELF, `client-${String(number)}`], unique: number % 2 === 0 });
        await store.updateConversation(id, { name: 'name' }, 2);
        await store.setRole(id, WRITER, 'Manager');
        await store.roles(id);
        await store.hasRoles(id);
        await store.conversations([id]);
        if (number % 2 === 1) await store.deleteConversation(id);
      }),
    ),
  },
  {
    name: 'store: the list of N own conversations, page by page, while messages come',
    covers: ['store.find'],
    // Conversations of one client.
    sizes: [100, 1_000, 5_000],
    prepare: withStore(async (store, size) => {
      const ids: string[] = [];
      for (const number of times(size)) ids.push(await create(store, { now: NOW + number }));
      for (const [number, id] of ids.entries()) await store.append([text(id, number)]);
      return async () => {
        for (let skip = 0; skip < size; skip += 20) {
          await store.append([text(ids[skip] ?? '', size + skip)]);
          await store.find({
            where: { _tag: 'Field', path: ['m'], test: { _tag: 'In', values: [SELF] } },
            sort: '-lm,-createdAt',
            skip,
            limit: 20,
            seen: (info) => info,
            viewer: { clientId: SELF, seesOrdinary: false },
          });
        }
      };
    }),
  },
  {
    name: 'store: what a login brings, with N conversations that have unread messages',
    covers: ['store.unread', 'store.offline'],
    isSlow: true,
    sizes: [100, 1_000, 5_000],
    prepare: withStore(async (store, size) => {
      for (const number of times(size)) await fill(store, await create(store, { now: NOW + number }), 2);
      return async () => {
        await store.unread(SELF, undefined, 50);
        await store.offline(SELF, 50, 20);
      };
    }),
  },
  {
    name: 'store: each of N subscribers has a message of his own, and logs in',
    covers: ['store.unread', 'store.offline', 'store.history'],
    isSlow: true,
    sizes: [100, 1_000, 5_000],
    prepare: withStore(async (store, size) => {
      const clients = times(size).map((number) => `client-${String(number)}`);
      const { info } = await store.createConversation({ ...draft({ kind: 'system' }), members: clients });
      for (const [number, client] of clients.entries())
        await store.append([{ ...text(info.id, number), to: [client] }]);
      return async () => {
        for (const client of clients) {
          await store.unread(client, undefined, 50);
          await store.history({ conversationId: info.id, viewer: client, direction: 'old', limit: 20 });
        }
      };
    }),
  },
  {
    name: 'store: N members join and leave one by one',
    covers: ['store.addMembers', 'store.removeMembers', 'store.standings'],
    isSlow: true,
    // Members of an ordinary conversation.
    sizes: [50, 500],
    prepare: withStore(async (store, size) => {
      const id = await create(store);
      return async () => {
        for (const number of times(size)) await store.addMembers(id, [`client-${String(number)}`], 1e6);
        for (const number of times(size)) await store.standings?.(`client-${String(number)}`, [id]);
        for (const number of times(size)) await store.removeMembers(id, [`client-${String(number)}`]);
      };
    }),
  },
  {
    name: 'store: N clients are blocked one by one, and listed page by page',
    covers: ['store.setListed', 'store.listed', 'store.whoIsListed', 'store.whoIsSilenced'],
    isSlow: true,
    // Clients on a list.
    sizes: [50, 500],
    prepare: withStore(async (store, size) => {
      const id = await create(store);
      return async () => {
        for (const number of times(size)) {
          await store.setListed(id, 'blocked', [`client-${String(number)}`], true, 1e6);
          await store.whoIsListed(id, 'blocked', [HERE]);
          await store.whoIsSilenced(id, [HERE]);
        }
        let next: string | undefined = '';
        while (next !== undefined) ({ next } = await store.listed(id, 'blocked', 50, next));
      };
    }),
  },
  {
    name: 'store: N sessions open, are renewed, get notices and are forgotten',
    covers: [
      'store.openSession',
      'store.session',
      'store.renewSession',
      'store.rememberRoom',
      'store.forgetSession',
      'store.forgetSessions',
      'store.keepNotice',
      'store.notices',
    ],
    isSlow: true,
    prepare: withStore((store, size) => {
      const sessions = times(size).map((number) => ({
        token: `token-${String(number)}`,
        holder: `holder-${String(number)}`,
        clientId: `client-${String(number)}`,
        deviceId: '',
        expiresAt: 1e15,
      }));
      return async () => {
        for (const session of sessions) await store.openSession({ session, resumes: false }, 1);
        const command = { cmd: 'conv', op: 'left', convMessage: { cid: HERE } } as const;
        await store.keepNotice(
          sessions.map(({ clientId }) => clientId),
          { at: 2, command },
        );
        for (const session of sessions) {
          const { token, holder, clientId } = session;
          await store.session(token);
          await store.renewSession(session, 2);
          await store.rememberRoom(token, holder, { id: HERE });
          await store.notices(clientId, 0, 100);
          if (clientId.endsWith('0')) await store.forgetSession(token, holder);
          else await store.forgetSessions(clientId);
        }
      };
    }),
  },
];
export { subjects as storeSubjects };
