/** What moves out of a store and into another one is the same there. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  memoryStore,
  type ConversationPage,
  type MovedConversation,
  type MovedStanding,
  type MovingStore,
  type StoredMessage,
} from 'rx-realtime/server';
import { parseJson } from 'rx-realtime/codecs';
import { either as E } from 'fp-ts';
import { conversationsOf, messagesOf, standingsOf } from '../../server/moving/exporting.js';
import { defined } from '../../codecs/defined.js';
import { createImporting } from '../../server/moving/importing.js';
import { typeOf } from '../../server/domain/messages/body.js';
import { stores } from './stores.js';

const NOW = 1_700_000_000_000;
const clock = { now: () => NOW };
const clients = ['Tom', 'Jerry', '用户', 'with \0 and \x10', '\ud800'];
const client = fc.constantFrom(...clients);
const some = fc.uniqueArray(client, { maxLength: 4 });
const moment = fc.nat(30).map((before) => NOW - before);

const maybe = <A>(arbitrary: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> => fc.option(arbitrary, { nil: undefined });

const attributes = fc.dictionary(
  fc.constantFrom('topic', 'since', 'a.b', '用'),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(new Date(NOW)), fc.array(fc.nat())),
  { maxKeys: 3 },
);

const conversation = fc
  .record({
    kind: fc.constantFrom('ordinary' as const, 'ordinary' as const, 'room' as const, 'system' as const),
    creator: maybe(client),
    members: some,
    mutedMembers: some,
    name: maybe(fc.string()),
    isUnique: fc.boolean(),
    createdAt: moment,
    updatedAt: moment,
    lastMessageAt: maybe(moment),
    attributes,
  })
  .map(({ isUnique, ...rest }) =>
    defined({ ...rest, unique: isUnique && rest.kind === 'ordinary' ? true : undefined }),
  );

const message = fc
  .record({
    place: fc.nat(3),
    from: client,
    to: maybe(some),
    timestamp: moment,
    text: fc.constantFrom('text', '{"_lctype":-1}', '{"_lctype":-127}', '{"_lctype":-102}', '', '\0 \ud800', '用'),
    bytes: maybe(fc.uint8Array({ minLength: 1, maxLength: 4 })),
    receipt: fc.boolean(),
    mentions: some,
    mentionsAll: fc.boolean(),
    editedAt: maybe(moment),
    deliveredAt: maybe(moment),
    readAt: maybe(moment),
  })
  .map(({ place, text, bytes, ...rest }) => ({
    place,
    ...defined(rest),
    ...(bytes === undefined ? { msg: text, ...typeOf(text) } : { binaryMsg: bytes }),
  }));

const mark = maybe(fc.record({ upTo: moment, at: moment }));
const standing = fc
  .record({
    place: fc.nat(3),
    clientId: client,
    joinedAt: maybe(moment),
    read: mark,
    received: mark,
    silenced: fc.constantFrom(undefined, true),
    silencedUntil: maybe(moment),
    blocked: maybe(fc.record({ wasMember: fc.boolean() })),
  })
  .map(({ place, clientId, ...rest }) => ({ place, clientId, ...defined(rest) }));

const world = fc.record({
  standings: fc.array(standing, { maxLength: 6 }),
  conversations: fc.array(conversation, { minLength: 1, maxLength: 4 }),
  messages: fc.array(message, { maxLength: 12 }),
  direction: fc.constantFrom('old' as const, 'new' as const),
});

/** Everything as text: it goes through a file. */
const linesOf = async (store: MovingStore): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const one of conversationsOf(store)) lines.push(JSON.stringify(one));
  for await (const one of messagesOf(store)) lines.push(JSON.stringify(one));
  const standings: string[] = [];
  for await (const one of standingsOf(store)) standings.push(JSON.stringify(one));
  // The order of ids with half a surrogate pair is not the same in all stores.
  return [...lines, ...standings.sort()];
};

const take = async (store: MovingStore, lines: readonly string[]): Promise<readonly string[]> => {
  const listed: string[] = [];
  const importing = createImporting({ store, list: ({ text }) => listed.push(text), ...clock });
  const source = importing.source('a file');
  for (const [index, line] of lines.entries()) {
    const json = parseJson(line);
    if (E.isRight(json)) await source.add(String(index), json.right, line);
  }
  await source.flush();
  return listed;
};

/** What a store says about everything. */
const everythingIn = async (store: MovingStore): Promise<unknown> => {
  const { conversations }: ConversationPage = await store.conversationPage(100);
  const told: unknown[] = [conversations];
  for (const { id } of conversations) {
    for (const viewer of [undefined, 'Tom', 'Jerry'])
      told.push(
        (
          await store.history({
            conversationId: id,
            direction: 'new',
            limit: 100,
            ...(viewer === undefined ? {} : { viewer }),
          })
        ).map(({ binaryMsg, ...rest }) => ({ ...rest, bytes: binaryMsg === undefined ? undefined : [...binaryMsg] })),
      );
    told.push(await store.modifiedSince('Tom', 0, 100).then((all) => all.map((one) => one.editedAt)));
    told.push(await store.roles(id), await store.unreadOf(id, ['Tom']).then((all) => all.get('Tom')?.count));
  }
  return told;
};

describe.each(stores.filter(([name]) => !name.includes('without bounds')))(
  'what moves into the store %s',
  (_, open) => {
    let target: MovingStore;
    let end: () => Promise<void>;
    beforeAll(async () => {
      ({ store: target, end } = await open({ clock }));
    });
    afterAll(() => end());

    it('is what has moved out of another one, also if it is done twice', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(world, async (made) => {
          run += 1;
          for (const { id: before } of (await target.conversationPage(100)).conversations)
            await target.deleteConversation(before);
          const id = (index: number): string => `${run}-${index % made.conversations.length}`;
          const first = memoryStore({ clock, whileSwept: () => () => undefined });
          await first.importConversations(
            made.conversations.map((one, index): MovedConversation => ({ id: id(index), ...one })),
          );
          await first.importMessages(
            made.messages.map(({ place, ...one }, index): StoredMessage => ({
              id: `m${index}`,
              conversationId: id(place),
              ...one,
            })),
            made.direction,
          );
          await first.importStandings(
            made.standings.map(({ place, ...one }): MovedStanding => ({ conversationId: id(place), ...one })),
          );
          const lines = await linesOf(first);
          expect(await take(target, lines)).toEqual([]);
          const wanted = await everythingIn(first);
          expect(await everythingIn(target)).toEqual(wanted);
          expect(await linesOf(target)).toEqual(lines);
          expect(await take(target, lines)).toEqual([]);
          expect(await everythingIn(target)).toEqual(wanted);
        }),
        { numRuns: 25 },
      );
    });
  },
);
