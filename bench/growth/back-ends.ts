/** The back end of a server. */
import { SELF, WRITER } from './entries.js';
import { times, type Subject } from './subject.js';
import { FEW, SIZES, TEXT, client, each, withServer } from './with-server.js';

export const backEndSubjects: readonly Subject[] = [
  {
    name: 'back end: N conversations are created, found, changed and deleted',
    covers: ['backEnd.create', 'backEnd.get', 'backEnd.find', 'backEnd.update', 'backEnd.members', 'backEnd.delete'],
    isSlow: true,
    sizes: SIZES,
    prepare: withServer(({ backEnd }, size) =>
      each(size, async (number) => {
        const { id } = await backEnd.create({ members: [SELF, client(number)], unique: number % 2 === 0 });
        await backEnd.find({ where: { objectId: id } });
        await backEnd.get(id);
        await backEnd.update(id, { name: 'name' });
        await backEnd.members(id);
        if (number % 2 === 1) await backEnd.delete(id);
      }),
    ),
  },
  {
    name: 'back end: N messages are sent, edited or recalled, and fetched page by page',
    covers: ['backEnd.send', 'backEnd.edit', 'backEnd.recall', 'backEnd.history', 'backEnd.unreadCount'],
    isSlow: true,
    sizes: SIZES,
    prepare: withServer(async ({ backEnd }, size) => {
      const { id } = await backEnd.create({ members: [SELF, WRITER] });
      return async () => {
        for (const number of times(size)) {
          const sent = await backEnd.send(id, { from: WRITER, body: TEXT });
          if (number % 2 === 0) await backEnd.edit(id, sent.id, { body: 'edited' });
          else await backEnd.recall(id, sent.id);
          await backEnd.unreadCount(SELF);
        }
        let timestamp: number | undefined;
        for (let left = size; left > 0; left -= 100) {
          const [oldest] = await backEnd.history(
            id,
            timestamp === undefined ? {} : { from: { timestamp, included: false } },
          );
          timestamp = oldest?.timestamp;
        }
      };
    }),
  },
  {
    name: 'back end: each of N subscribers has a message of his own, then all have one',
    covers: ['backEnd.send', 'backEnd.broadcast', 'backEnd.online', 'backEnd.kick'],
    isSlow: true,
    sizes: SIZES,
    prepare: withServer(async ({ backEnd }, size) => {
      const { id } = await backEnd.create({ kind: 'system' });
      return async () => {
        for (const number of times(size)) {
          await backEnd.send(id, { body: TEXT, to: [client(number)] });
          await backEnd.online([client(number)]);
          await backEnd.kick(client(number));
          await backEnd.broadcast(id, { body: TEXT });
        }
      };
    }),
  },
  {
    name: 'back end: N members are added, get a role, and are removed',
    covers: ['backEnd.addMembers', 'backEnd.setRole', 'backEnd.removeMembers'],
    isSlow: true,
    sizes: FEW,
    prepare: withServer(async ({ backEnd }, size) => {
      const { id } = await backEnd.create({ members: [SELF, WRITER] });
      return async () => {
        for (const number of times(size)) {
          await backEnd.addMembers(id, [client(number)]);
          await backEnd.setRole(id, client(number), 'Manager');
        }
        for (const number of times(size)) await backEnd.removeMembers(id, [client(number)]);
      };
    }),
  },
  {
    name: 'back end: N clients are silenced and blocked, listed page by page, and taken off the lists',
    covers: [
      'backEnd.silence',
      'backEnd.silenced',
      'backEnd.unsilence',
      'backEnd.block',
      'backEnd.blocked',
      'backEnd.unblock',
    ],
    isSlow: true,
    sizes: FEW,
    prepare: withServer(async ({ backEnd }, size) => {
      const { id } = await backEnd.create({ members: [SELF, WRITER] });
      return async () => {
        for (const number of times(size)) {
          await backEnd.silence(id, [client(number)]);
          await backEnd.block(id, [client(number)]);
        }
        for (let left = size; left > 0; left -= 50) {
          await backEnd.silenced(id, { limit: 50 });
          await backEnd.blocked(id, { limit: 50 });
        }
        for (const number of times(size)) {
          await backEnd.unsilence(id, [client(number)]);
          await backEnd.unblock(id, [client(number)]);
        }
      };
    }),
  },
];
