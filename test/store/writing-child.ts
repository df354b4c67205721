/** A process that stores messages until it is killed, and says of each that it is stored. */
import { openPostgresStore } from '../../server/store/postgres/open.js';
import { openSqliteStore } from '../../server/store/sqlite/open.js';

const SENDERS = 8;

const [place = '', from = '0'] = process.argv.slice(2);
const store = place.startsWith('postgres:')
  ? await openPostgresStore({ url: place })
  : await openSqliteStore({ directory: place });
const { info } = await store.createConversation({
  kind: 'ordinary',
  members: ['Tom'],
  attributes: {},
  unique: true,
  now: Date.now(),
});
const { id: conversationId } = info;

const say = (said: object): void => {
  // Without the parent nobody listens.
  if (process.connected) process.send?.(said);
};

const write = async (sender: number): Promise<never> => {
  for (let n = Number(from); ; n += 1) {
    const token = `${sender}:${n}`;
    const [result] = await store.append([
      {
        ...{ conversationId, from: `sender ${sender}`, msg: token, token },
        ...{ receipt: false, mentions: [], mentionsAll: false, now: Date.now() },
      },
    ]);
    if (result?._tag === 'Appended') say({ conversationId, token, id: result.message.id });
  }
};

await Promise.all(Array.from({ length: SENDERS }, (_, sender) => write(sender)));
