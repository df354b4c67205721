/** The calls of the store by which conversations move in and out. */
import { memoryStore, type MovedConversation, type MovingStore } from 'rx-realtime/server';
import { SELF, WRITER } from './entries.js';
import { times, type Subject as Measured, type Work } from './subject.js';

/** Conversations without activity end some day. */
const NOW = Date.now();

/** Work with a store of its own. */
const withMovingStore =
  (prepare: (store: MovingStore, size: number) => (() => Promise<unknown>) | Promise<() => Promise<unknown>>) =>
  async (size: number): Promise<Work> => {
    const store = memoryStore({ whileSwept: () => () => undefined });
    return { run: await prepare(store, size), end: () => store.close() };
  };

/** What one call of an import takes. */
const PAGE = 500;

const inPages = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  times(Math.ceil(all.length / PAGE)).map((page) => all.slice(page * PAGE, (page + 1) * PAGE));

const movedId = (number: number): string => `moved-${String(number).padStart(9, '0')}`;

const moved = (id: string): MovedConversation => ({
  ...{ id, kind: 'ordinary', members: [SELF, WRITER], creator: SELF, attributes: {} },
  ...{ createdAt: NOW, updatedAt: NOW },
});

const KEPT = { clientId: SELF, read: { upTo: NOW, at: NOW }, silenced: true };

export const movingSubjects: readonly Measured[] = [
  {
    name: 'store: N conversations move in, each with what it keeps of a client, then out page by page',
    covers: ['store.importConversations', 'store.importStandings', 'store.conversationPage', 'store.standingPage'],
    prepare: withMovingStore((store, size) => {
      const ids = times(size).map(movedId);
      return async () => {
        for (const some of inPages(ids)) {
          await store.importConversations(some.map(moved));
          await store.importStandings(some.map((conversationId) => ({ conversationId, ...KEPT })));
        }
        let after: string | undefined;
        do {
          const { conversations, next } = await store.conversationPage(PAGE, after);
          for (const { id } of conversations) await store.standingPage(id, PAGE);
          after = next;
        } while (after !== undefined);
      };
    }),
  },
  {
    name: 'store: N messages move in, some of them at the same time',
    covers: ['store.importMessages'],
    isSlow: true,
    prepare: withMovingStore(async (store, size) => {
      const id = movedId(0);
      await store.importConversations([moved(id)]);
      const messages = times(size).map((number) => ({
        ...{ conversationId: id, id: `message-${String(number)}`, from: WRITER, msg: 'hello' },
        // Every tenth has the time of the one before it.
        timestamp: NOW - size + number - (number % 10 === 0 ? 1 : 0),
        ...{ receipt: false, mentions: [], mentionsAll: false },
      }));
      return async () => {
        for (const some of inPages(messages)) await store.importMessages(some);
      };
    }),
  },
];
