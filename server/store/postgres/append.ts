/** Stores messages: one statement for all that have arrived while the one before was committed. */
import { defined } from '../../../codecs/defined.js';
import { mayAnybodySpeak } from '../../domain/conversations/access.js';
import { KINDS } from '../../domain/memory/retention.js';
import type { Appended, MayNotSpeak, NewMessage, StoredMessage } from '../../domain/records.js';
import type { Bounds } from '../sql/calls.js';
import { listOf, maybeNumber, number, text, type Row } from '../sql/columns.js';
import { messageIds } from '../sql/message-ids.js';
import { addressedTo, appendedOf } from '../sql/placed.js';
import { kindOf, messageOf, someOf } from '../sql/rows.js';
import type { KeptMembers } from '../sql/reads.js';
import { livesAt, MESSAGE } from '../sql/sql.js';
import type { Connections, Session } from './connections.js';
import { NOW } from './dialect.js';
import { AskFailed, meaningOf } from './failures.js';

/** Messages of one statement, at most, unless one call has more. */
const AT_ONCE = 256;

const newId = messageIds();

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

const listedIn = (list: string): string =>
  `listed s where s.cid = i.cid and s.list = '${list}' and s.client = i.speaker`;

/** Whether anybody may speak in a conversation of this kind. */
const ANYBODY = `(l.kind in ('${KINDS.filter(mayAnybodySpeak).join("', '")}'))`;

/** Whether there is no such row. Unlike `exists`, it is never a reason to read the whole table. */
const isNone = (rows: string): string => `(select true from ${rows} limit 1) is null`;

/**
 * Stores a batch. `$1` to `$13`: a column each.
 *
 * - Conversations are locked in the order of their ids, so that batches of two processes don't wait for each other.
 * - The lock gives the last time as it is now. Everything else is as it was when the statement began.
 * - Times are in the order of the batch, and later than those before. They are those after the locks, which may have
 *   been waited for: a client that has looked at the history meanwhile would take an earlier time for what it has seen.
 * - A message whose sender has stored one with the same token is not stored. Its row has no time, nor has one that an
 *   earlier attempt of this batch has stored.
 */
const appendOf = ({ kept }: Bounds): string => `
with input as materialized (
  select i.*, coalesce(i.given, clock.now) as at from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]), cast($5 as float8[]),
    cast($6 as text[]), cast($7 as bytea[]), cast($8 as boolean[]), cast($9 as text[]), cast($10 as boolean[]),
    cast($11 as text[]), cast($12 as text[]), cast($13 as bigint[])
  ) with ordinality as i (cid, sender, speaker, token, type, msg, bin, receipt, mentions, mentions_all, addressed, id,
    given, n)
  cross join (select ${NOW} as now) as clock
),
locked as materialized (
  select l.cid, l.last_at, l.members_version, c.kind,
    ${livesAt('(select max(at) from input)', 'greatest', kept)} as lives
  from logs l join conversations c on c.id = l.cid
  where l.cid = any (cast($1 as text[])) order by l.cid for update of l
),
judged as materialized (
  select i.*, l.kind, l.last_at, l.members_version,
    case when l.kind = 'system' and i.speaker is not null then '[]' else i.addressed end as audience,
    case
      when l.cid is null then 'NoConversation'
      when i.speaker is null then 'MaySpeak'
      when not ${ANYBODY} and ${isNone('members b where b.cid = i.cid and b.client = i.speaker')} then 'NotMember'
      when not (${isNone(listedIn('silenced'))}) then 'Silenced'
      when not (${isNone('silences s where s.cid = i.cid and s.client = i.speaker and s.ends_at > i.at')})
        then 'Silenced'
      when ${ANYBODY} and not (${isNone(listedIn('blocked'))}) then 'Blocked'
      else 'MaySpeak'
    end as verdict
  from input i left join locked l on l.cid = i.cid and l.lives
),
fresh as (
  select j.*, row_number() over (partition by j.cid order by j.n) as place from (
    select *, row_number() over (partition by cid, sender, token order by n) as nth from judged where verdict = 'MaySpeak'
  ) as j
  where j.token is null or (j.nth = 1
    and ${isNone('messages m where m.cid = j.cid and m.sender = j.sender and m.token = j.token')})
),
timed as materialized (select ${NOW} as now from (select count(*) from locked) as l),
placed as materialized (
  select *, greatest(
    max(coalesce(given, (select now from timed)) - place) over (partition by cid order by n), coalesce(last_at, 0)
  ) + place as ts from fresh
),
inserted as (
  insert into messages
    (cid, ts, id, sender, token, type, msg, bin, receipt, mentions, mentions_all, addressed, is_public)
  select cid, ts, id, sender, token, type, msg, bin, receipt, mentions, mentions_all, audience,
    case when kind = 'system' and audience is null then 1 end
  from placed
  on conflict do nothing
  returning cid, ts, id, addressed, type
),
told as (
  insert into audience (cid, client, ts)
  select s.cid, e.value, s.ts from inserted s, json_array_elements_text(cast(s.addressed as json)) as e (value)
  union
  select p.cid, p.sender, p.ts from placed p join inserted s on s.cid = p.cid and s.id = p.id where p.audience is not null
),
noted as (
  update logs l set last_at = s.last_at, messages = l.messages + s.messages,
    public_at = coalesce(s.public_at, l.public_at)
  from (
    select cid, max(ts) as last_at, count(*) as messages,
      max(ts) filter (where addressed is null and (type is null or type not between -105 and -101)) as public_at
    from inserted group by cid
  ) as s
  where l.cid = s.cid
)
select j.n, j.verdict, j.kind, j.members_version, s.ts,
  coalesce(lag(s.ts) over (partition by j.cid order by s.ts), j.last_at, 0) as prev
from judged j left join inserted s on s.cid = j.cid and s.id = j.id order by j.n`;

/** Messages by their ids or, where there is none of the id, by their senders and tokens. $5: places in the batch. */
const STORED = `
select ${MESSAGE}, i.n from unnest(
  cast($1 as text[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]), cast($5 as bigint[])
) as i (cid, id, sender, token, n)
join lateral (
  select * from messages a where a.cid = i.cid and a.id = i.id
  union all
  select * from messages a where a.cid = i.cid and a.sender = i.sender and a.token = i.token and a.id <> i.id
) as m on true`;

/** A message with its id, which shows whether an earlier attempt has stored it. */
interface Item extends NewMessage {
  readonly id: string;
}

interface Call {
  readonly items: readonly Item[];
  readonly resolve: (results: readonly Appended[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface AppendingOptions {
  readonly connections: Connections;
  readonly bounds: Bounds;
  readonly members: KeptMembers;
  /** Messages have the times that they are given with, and not the database's. */
  readonly isTimeGiven: boolean;
}

export interface Appending {
  readonly append: (messages: readonly NewMessage[]) => Promise<readonly Appended[]>;
  /** Resolves when everything that was asked for is stored. */
  readonly settled: () => Promise<void>;
}

/** What fails when messages are stored says nothing about them. */
const afterwards = (error: unknown): never => {
  throw error instanceof AskFailed ? new AskFailed(error.reason, true) : error;
};

const VERDICTS: readonly MayNotSpeak['_tag'][] = ['NoConversation', 'NotMember', 'Silenced', 'Blocked'];

export const createAppending = ({ connections, bounds, members, isTimeGiven }: AppendingOptions): Appending => {
  const statement = appendOf(bounds);
  const queue: Call[] = [];
  let running: Promise<void> | undefined;

  const columns = (items: readonly Item[]): readonly unknown[] => [
    items.map(({ conversationId }) => conversationId),
    items.map(({ from }) => from),
    items.map(({ speaker }) => speaker),
    items.map(({ token }) => token),
    items.map(({ type }) => type),
    items.map(({ msg }) => msg),
    items.map(({ binaryMsg }) => binaryMsg),
    items.map(({ receipt }) => receipt),
    items.map(({ mentions }) => someOf(mentions)),
    items.map(({ mentionsAll }) => mentionsAll),
    items.map(({ to }) => (to === undefined ? undefined : listOf(to))),
    items.map(({ id }) => id),
    items.map(({ now }) => (isTimeGiven ? now : undefined)),
  ];

  /** What is stored of messages that were not stored now, by their places in the batch. */
  const storedOf = async (
    { rows }: Session,
    items: readonly Item[],
    places: readonly number[],
  ): Promise<ReadonlyMap<number, StoredMessage>> => {
    if (places.length === 0) return new Map();
    const wanted = places.flatMap((place) => items[place] ?? []);
    const found = await rows(STORED, [
      wanted.map(({ conversationId }) => conversationId),
      wanted.map(({ id }) => id),
      wanted.map(({ from }) => from),
      wanted.map(({ token }) => token),
      places,
    ]);
    return new Map(found.map((row) => [number(row, 'n'), messageOf(row)]));
  };

  /** The members of the conversations whose messages are for their members. They are read by one look, if at all. */
  const membersFor = async (
    items: readonly Item[],
    rows: readonly Row[],
  ): Promise<(item: Item) => readonly string[]> => {
    const versions = new Map<string, number>();
    for (const [place, item] of items.entries()) {
      const row = rows[place];
      if (row === undefined || row['kind'] === null || row['kind'] === 'room') continue;
      if (addressedTo(kindOf(row), item.speaker, item.to) === undefined)
        versions.set(item.conversationId, number(row, 'members_version'));
    }
    const found = new Map<string, readonly string[]>();
    const unknown = [...versions].filter(([id, version]) => {
      const known = members.known(id, version);
      if (known !== undefined) found.set(id, known.all);
      return known === undefined;
    });
    if (unknown.length > 0)
      await connections.read(function* () {
        for (const [id, version] of unknown) found.set(id, (yield* members.membersOf(id, version)).all);
      });
    return ({ conversationId }) => found.get(conversationId) ?? [];
  };

  /** What is before a message. If an earlier attempt has stored it, that is not known. */
  const prevOf = (row: Row): { readonly prev?: number } =>
    maybeNumber(row, 'ts') === undefined ? {} : defined({ prev: maybeNumber(row, 'prev') });

  const together = async (items: readonly Item[]): Promise<readonly Appended[]> => {
    const { rows, stored } = await connections.useOwn(async (session, attempt) => {
      const given = await session.rows(statement, columns(items));
      // From here on, the messages are stored.
      // An earlier attempt may have stored messages of senders who may not speak any more.
      const open = [...given.entries()].filter(
        ([, row]) => maybeNumber(row, 'ts') === undefined && (attempt > 1 || text(row, 'verdict') === 'MaySpeak'),
      );
      return {
        rows: given,
        stored: await storedOf(
          session,
          items,
          open.map(([place]) => place),
        ).catch(afterwards),
      };
    });
    const membersOf = await membersFor(items, rows).catch(afterwards);
    const results: Appended[] = [];
    for (const [place, item] of items.entries()) {
      const row = rows[place] ?? {};
      const before = stored.get(place);
      const timestamp = maybeNumber(row, 'ts') ?? (before?.id === item.id ? before.timestamp : undefined);
      const _tag = VERDICTS.find((verdict) => verdict === row['verdict']);
      if (timestamp !== undefined && row['kind'] !== null)
        results.push({ ...appendedOf(item, [item.id, timestamp, kindOf(row), membersOf(item)]), ...prevOf(row) });
      else if (_tag !== undefined) results.push({ _tag });
      else if (before !== undefined)
        results.push({ _tag: 'Repeated', message: before, ...(row['kind'] === null ? {} : { kind: kindOf(row) }) });
      // Its conversation was deleted meanwhile.
      else results.push({ _tag: 'NoConversation' });
    }
    return results;
  };

  const carryOut = async (calls: readonly Call[]): Promise<void> => {
    try {
      const results = await together(calls.flatMap(({ items }) => items));
      let place = 0;
      for (const { items, resolve } of calls) resolve(results.slice(place, (place += items.length)));
    } catch (error) {
      // What one call has brought must not be in the way of the others.
      if (calls.length > 1 && error instanceof AskFailed && !error.isUnknown && meaningOf(error) === 'refused') {
        for (const call of calls) await carryOut([call]);
        return;
      }
      for (const { reject } of calls) reject(error);
    }
  };

  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      // Sockets that are read in this turn of the event loop may bring more.
      await turn();
      let [count, size] = [0, 0];
      for (const { items } of queue) {
        if (count > 0 && size + items.length > AT_ONCE) break;
        count += 1;
        size += items.length;
      }
      await carryOut(queue.splice(0, count));
    }
    running = undefined;
  };

  return {
    append: (messages) =>
      new Promise((resolve, reject) => {
        const items = messages.map((message) => ({ ...message, id: newId(message.now) }));
        queue.push({ items, resolve, reject });
        running ??= work();
      }),
    settled: async () => {
      while (running !== undefined) await running;
    },
  };
};
