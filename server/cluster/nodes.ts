/** The tables of a cluster in PostgreSQL: which processes live, and where clients are. Times are the database's. */
import { maybeList, maybeNumber, maybeText, number, text, type Row } from '../store/sql/columns.js';
import { MESSAGE } from '../store/sql/sql.js';
import { messageOf } from '../store/sql/rows.js';
import type { Connections } from '../store/postgres/connections.js';
import { hashedKey } from '../store/postgres/changes.js';
import { NOW } from '../store/postgres/dialect.js';
import type { KeptWill } from '../bus.js';
import type { SharedSignatures } from '../signatures.js';
import type { StoredMessage } from '../domain/records.js';

/** What a process says of itself. */
export interface NodeState {
  readonly id: string;
  readonly name: string;
  readonly url: string | undefined;
  readonly load: number;
  /** What it published in this time may be lost, ms. */
  readonly cut: Cut | undefined;
}

export interface Cut {
  readonly from: number;
  readonly until: number;
}

/** Another process that lives. */
export interface OtherNode {
  readonly id: string;
  readonly name: string;
  readonly url: string | undefined;
  readonly load: number;
  readonly until: number;
  readonly cut: Cut | undefined;
}

export interface Renewed {
  /** Whether the lease was held until now; otherwise the others may have given the process up. */
  readonly isHeld: boolean;
  /** The time of the database, ms. */
  readonly now: number;
  readonly others: readonly OtherNode[];
  /** Whether there are processes whose lease has ended. */
  readonly isAnyDead: boolean;
}

/** What is left of processes that have died: their clients that are nowhere else now, and the wills of these. */
export interface Buried {
  readonly clients: readonly string[];
  readonly wills: readonly KeptWill[];
}

/** A client in a chat room. */
export interface Place {
  readonly room: string;
  readonly client: string;
}

export interface Presence<K> {
  readonly key: K;
  readonly isHere: boolean;
}

/** How long an ended lease is left alone, ms: its process has closed its sockets by then. */
const GRACE = 250;

const ALIVE = `select id from nodes where until > ${NOW}`;

const cutOf = (row: Row): Cut | undefined => {
  const [from, until] = [maybeNumber(row, 'cut_from'), maybeNumber(row, 'cut_until')];
  return from === undefined || until === undefined ? undefined : { from, until };
};

const REGISTER = `
  with given as (select ${NOW} as now),
  gone as (delete from online where node = $1),
  out as (delete from occupants where node = $1),
  left_wills as (delete from wills where node = $1)
  insert into nodes (id, name, until, url, load) select cast($1 as text), cast($2 as text), now + cast($3 as bigint), cast($4 as text), cast($5 as bigint) from given
  on conflict (id) do update set until = excluded.until, load = excluded.load, url = excluded.url
  returning until - cast($3 as bigint) as now, (select count(*) from nodes where id = $1) as before`;

const RENEW = `
  update nodes set until = ${NOW} + cast($2 as bigint), load = $3, url = $6, cut_from = coalesce($4, cut_from), cut_until = coalesce($5, cut_until)
  where id = $1 and until > ${NOW} returning until - cast($2 as bigint) as now`;

const OTHERS = `
  select id, name, url, load, until, cut_from, cut_until, ${NOW} as now, until > ${NOW} as is_alive,
    until <= ${NOW} - ${GRACE} as is_dead
  from nodes where id <> $1`;

/** One process takes the dead from the tables, and gets their clients. */
const BURY = `
  with dead as (
    delete from nodes where id in (select id from nodes where until <= ${NOW} - ${GRACE} for update skip locked) returning id
  ),
  out as (delete from occupants where node in (select id from dead)),
  gone as (delete from online where node in (select id from dead) returning client),
  left_wills as (delete from wills where node in (select id from dead) returning client, command),
  away as (
    select distinct client from gone g where not exists (
      select 1 from online o where o.client = g.client and o.node in (${ALIVE})
    )
  )
  select a.client, w.command from away a left join left_wills w on w.client = a.client`;
const KEEP_WILL = `insert into wills (session, node, client, command) values ($1, $2, $3, $4)
  on conflict (session) do update set command = excluded.command`;
const FORGET_WILL = `delete from wills where session = $1`;

const MARK_ONLINE = `
  with given as (select * from unnest(cast($2 as text[]), cast($3 as boolean[])) as g (client, is_here)),
  gone as (delete from online o using given g where o.node = $1 and o.client = g.client and not g.is_here),
  come as (insert into online (client, node) select client, cast($1 as text) from given where is_here on conflict do nothing)
  select ${NOW} as now`;

const MARK_OCCUPANTS = `
  with given as (
    select * from unnest(cast($2 as text[]), cast($3 as text[]), cast($4 as boolean[])) as g (room, client, is_here)
  ),
  gone as (
    delete from occupants o using given g where o.node = $1 and o.room = g.room and o.client = g.client and not g.is_here
  ),
  come as (
    insert into occupants (room, client, node) select room, client, cast($1 as text) from given where is_here on conflict do nothing
  )
  select ${NOW} as now`;

const NODES_OF = `
  select o.node, json_agg(o.client) as clients from online o
  where o.client = any (cast($1 as text[])) and o.node <> $2 and o.node in (${ALIVE}) group by o.node`;

const ONLINE = `select distinct client from online where client = any (cast($1 as text[])) and node in (${ALIVE})`;
const OCCUPANTS = `select distinct client from occupants where room = $1 and node in (${ALIVE})`;
const OCCUPANT_COUNT = `select count(distinct client) as count from occupants where room = $1 and node in (${ALIVE})`;
const CLIENT_COUNT = `select count(distinct client) as count from online where node in (${ALIVE})`;

/** Those of some clients that are members, and since when. */
const MEMBERS = `
  select client, joined_at from members where cid = $1 and client = any (cast($2 as text[]))`;

/** Conversations of some clients in which there is a message since a time. */
const ACTIVE = `
  select m.cid, max(l.last_at) as last_at, json_agg(m.client) as clients, bool_or(c.kind = 'system') as is_system
  from members m join logs l on l.cid = m.cid join conversations c on c.id = m.cid
  where m.client = any (cast($1 as text[])) and l.last_at >= $2 group by m.cid`;

const ROOMS = `select cid, last_at from logs where cid = any (cast($1 as text[])) and last_at is not null`;

/** Messages in conversations of some clients, or in some chat rooms, that were changed since a time. */
const EDITED = `
  select ${MESSAGE}, (select json_agg(own.client) from members own
    where own.cid = m.cid and own.client = any (cast($1 as text[]))) as clients
  from messages m where m.edited_at >= $2 and m.cid in (
    select cid from members where client = any (cast($1 as text[])) union select unnest(cast($3 as text[]))
  ) order by m.edited_at`;

/** The read marks of some clients that were moved since a time. */
const READ = `select client, json_agg(cid) as cids from marks
  where client = any (cast($1 as text[])) and read_at >= $2 group by client`;

/** Notices to some clients since a time. */
const TOLD = `select client, command from notices where client = any (cast($1 as text[])) and at >= $2 order by seq`;

const SESSIONS = `select token, holder, displaced from sessions where token = any (cast($1 as text[]))`;

/** A conversation with messages since a time, and those of the clients asked for that are its members. */
export interface ActiveConversation {
  readonly id: string;
  readonly lastAt: number;
  readonly clients: readonly string[];
  readonly isSystem: boolean;
}

const TAKE = `
  with fresh as (
    insert into nonces (key, until) select cast($2 as text), cast($4 as bigint) where cast($2 as text) is not null on conflict (key) do nothing returning 1
  )
  select (cast($2 as text) is null or exists (select 1 from fresh))
    and not exists (select 1 from signature_ends where client = $1 and at >= cast($3 as bigint)) as is_good`;

const END = `insert into signature_ends (client, at) values ($1, $2)
  on conflict (client) do update set at = greatest(signature_ends.at, excluded.at)`;

/** How long ends of signatures are remembered, ms: longer than a signature is valid. */
const KEPT_ENDS = 86_400_000;
const FORGET = `
  with gone as (delete from nonces where until < ${NOW}),
  lost as (delete from online where node not in (select id from nodes)),
  out as (delete from occupants where node not in (select id from nodes))
  delete from signature_ends where at < ${NOW} - ${KEPT_ENDS}`;

/** How a token stands. */
export interface TokenState {
  readonly holder: string;
  readonly isDisplaced: boolean;
}

export interface Nodes {
  /** The id of the database: clusters that share a broker don't hear each other. */
  readonly clusterId: () => Promise<string>;
  /**
   * Enters the process, with nobody online. Gives the time, and whether it was in the table: otherwise the others have
   * given it up, if it was there before. `asked`: called when the database is asked.
   */
  readonly register: (
    state: NodeState,
    lease: number,
    asked: () => void,
  ) => Promise<{ readonly now: number; readonly wasThere: boolean }>;
  readonly renew: (state: NodeState, lease: number, asked: () => void) => Promise<Renewed>;
  readonly leave: (id: string) => Promise<void>;
  /** Takes away the processes whose lease has ended. */
  readonly bury: () => Promise<Buried>;
  readonly keepWill: (id: string, session: string, will: KeptWill | undefined) => Promise<void>;
  /** Writes who has come and gone. Gives the time. */
  readonly markOnline: (id: string, clients: readonly Presence<string>[]) => Promise<number>;
  readonly markOccupants: (id: string, places: readonly Presence<Place>[]) => Promise<number>;
  /** The other processes that have these clients, each with its clients. */
  readonly nodesOf: (id: string, clients: readonly string[]) => Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  readonly online: (clients: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly occupants: (room: string) => Promise<readonly string[]>;
  readonly occupantCount: (room: string) => Promise<number>;
  readonly clientCount: () => Promise<number>;
  /** When clients became members; those that are none are left out. */
  readonly members: (conversation: string, clients: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly active: (clients: readonly string[], since: number) => Promise<readonly ActiveConversation[]>;
  readonly roomsUpTo: (
    rooms: readonly string[],
  ) => Promise<readonly { readonly id: string; readonly lastAt: number }[]>;
  readonly edited: (
    clients: readonly string[],
    rooms: readonly string[],
    since: number,
  ) => Promise<readonly { readonly message: StoredMessage; readonly clients: readonly string[] }[]>;
  readonly read: (clients: readonly string[], since: number) => Promise<ReadonlyMap<string, readonly string[]>>;
  readonly told: (
    clients: readonly string[],
    since: number,
  ) => Promise<readonly { readonly client: string; readonly command: string }[]>;
  readonly signatures: SharedSignatures;
  /** Forgets signatures that are not valid any more, and what processes have left that nobody knows. */
  readonly forget: () => Promise<void>;
  readonly tokens: (tokens: readonly string[]) => Promise<ReadonlyMap<string, TokenState>>;
}

/** `leases`: the connections of leases, which wait behind nothing else. */
export const createNodes = (connections: Connections, leases: Connections): Nodes => {
  const rows = (sql: string, ...parameters: readonly unknown[]): Promise<readonly Row[]> =>
    connections.use((session) => session.rows(sql, parameters));
  const one = async (sql: string, ...parameters: readonly unknown[]): Promise<Row> =>
    (await rows(sql, ...parameters))[0] ?? {};
  const otherOf = (row: Row): OtherNode => ({
    id: text(row, 'id'),
    name: text(row, 'name'),
    url: maybeText(row, 'url'),
    load: number(row, 'load'),
    until: number(row, 'until'),
    cut: cutOf(row),
  });

  return {
    clusterId: async () => text(await one('select id from cluster_id'), 'id'),
    register: ({ id, name, url, load }, lease, asked) =>
      leases.use(async (session) => {
        asked();
        const [row = {}] = await session.rows(REGISTER, [id, name, lease, url, load]);
        return { now: number(row, 'now'), wasThere: number(row, 'before') > 0 };
      }),
    renew: ({ id, load, url, cut }, lease, asked) =>
      leases.use(async (session) => {
        asked();
        const [own] = await session.rows(RENEW, [id, lease, load, cut?.from, cut?.until, url]);
        const all = await session.rows(OTHERS, [id]);
        const now = own ?? all[0];
        return {
          isHeld: own !== undefined,
          now: now === undefined ? connections.now() : number(now, 'now'),
          others: all.filter((row) => row['is_alive'] === true).map(otherOf),
          isAnyDead: all.some((row) => row['is_dead'] === true),
        };
      }),
    leave: async (id) => {
      await rows(
        `with gone as (delete from online where node = $1), out as (delete from occupants where node = $1),
          left_wills as (delete from wills where node = $1) delete from nodes where id = $1`,
        id,
      );
    },
    bury: async () => {
      const found = await rows(BURY);
      return {
        clients: [...new Set(found.map((row) => text(row, 'client')))],
        wills: found.flatMap((row) => {
          const command = maybeText(row, 'command');
          return command === undefined ? [] : [{ clientId: text(row, 'client'), command }];
        }),
      };
    },
    keepWill: async (id, session, will) => {
      await (will === undefined
        ? rows(FORGET_WILL, session)
        : rows(KEEP_WILL, session, id, will.clientId, will.command));
    },
    markOnline: async (id, clients) =>
      number(
        await one(
          MARK_ONLINE,
          id,
          clients.map(({ key }) => key),
          clients.map(({ isHere }) => isHere),
        ),
        'now',
      ),
    markOccupants: async (id, places) =>
      number(
        await one(
          MARK_OCCUPANTS,
          id,
          places.map(({ key }) => key.room),
          places.map(({ key }) => key.client),
          places.map(({ isHere }) => isHere),
        ),
        'now',
      ),
    nodesOf: async (id, clients) =>
      new Map(
        (await rows(NODES_OF, clients, id)).map((row) => [text(row, 'node'), new Set(maybeList(row, 'clients'))]),
      ),
    online: async (clients) => new Set((await rows(ONLINE, clients)).map((row) => text(row, 'client'))),
    occupants: async (room) => (await rows(OCCUPANTS, room)).map((row) => text(row, 'client')),
    occupantCount: async (room) => number(await one(OCCUPANT_COUNT, room), 'count'),
    clientCount: async () => number(await one(CLIENT_COUNT), 'count'),
    members: async (conversation, clients) =>
      new Map(
        (await rows(MEMBERS, conversation, clients)).map((row) => [
          text(row, 'client'),
          maybeNumber(row, 'joined_at') ?? 0,
        ]),
      ),
    active: async (clients, since) =>
      (await rows(ACTIVE, clients, since)).map((row) => ({
        id: text(row, 'cid'),
        lastAt: number(row, 'last_at'),
        clients: maybeList(row, 'clients') ?? [],
        isSystem: row['is_system'] === true,
      })),
    roomsUpTo: async (rooms) =>
      (await rows(ROOMS, rooms)).map((row) => ({ id: text(row, 'cid'), lastAt: number(row, 'last_at') })),
    edited: async (clients, rooms, since) =>
      (await rows(EDITED, clients, since, rooms)).map((row) => ({
        message: messageOf(row),
        clients: maybeList(row, 'clients') ?? [],
      })),
    read: async (clients, since) =>
      new Map((await rows(READ, clients, since)).map((row) => [text(row, 'client'), maybeList(row, 'cids') ?? []])),
    told: async (clients, since) =>
      (await rows(TOLD, clients, since)).map((row) => ({
        client: text(row, 'client'),
        command: text(row, 'command'),
      })),
    signatures: {
      take: async ({ clientId, nonce, signedAt, until }) => {
        const key = nonce === undefined ? undefined : hashedKey(nonce);
        return (await one(TAKE, clientId, key, Math.floor(signedAt), Math.ceil(until)))['is_good'] === true;
      },
      end: async (clientId, at) => {
        await rows(END, clientId, Math.ceil(at));
      },
    },
    forget: async () => {
      await rows(FORGET);
    },
    tokens: async (tokens) =>
      new Map(
        (await rows(SESSIONS, tokens)).map((row) => [
          text(row, 'token'),
          { holder: text(row, 'holder'), isDisplaced: row['displaced'] === true },
        ]),
      ),
  };
};
