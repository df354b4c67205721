/** The statements on the tables of a cluster. Times are the database's. */
import { MESSAGE } from '../store/sql/sql.js';
import { NOW } from '../store/postgres/dialect.js';

/** How long an ended lease is left alone, ms: its process has closed its sockets by then. */
const GRACE = 250;

const ALIVE = `select id from nodes where until > ${NOW}`;

export const REGISTER = `
  with mine as materialized (select id from nodes where id = $1 for update),
  given as (select ${NOW} as now, (select count(*) from mine) as before),
  gone as (delete from online where node = $1),
  out as (delete from occupants where node = $1),
  left_wills as (delete from wills where node = $1 returning client, command)
  insert into nodes (id, name, until, url, load) select cast($1 as text), cast($2 as text), now + cast($3 as bigint), cast($4 as text), cast($5 as bigint) from given where before >= 0
  on conflict (id) do update set until = excluded.until, load = excluded.load, url = excluded.url
  returning until - cast($3 as bigint) as now, (select before from given) as before,
    (select json_agg(client order by client, command) from left_wills) as will_clients,
    (select json_agg(command order by client, command) from left_wills) as will_commands`;

export const RENEW = `
  update nodes set until = ${NOW} + cast($2 as bigint), load = $3, url = $6, cut_from = coalesce($4, cut_from), cut_until = coalesce($5, cut_until)
  where id = $1 and until > ${NOW} returning until - cast($2 as bigint) as now`;

export const OTHERS = `
  select id, name, url, load, until, cut_from, cut_until, ${NOW} as now, until > ${NOW} as is_alive,
    until <= ${NOW} - ${GRACE} as is_dead
  from nodes where id <> $1`;

/** One process takes the dead from the tables, and gets their clients. */
export const BURY = `
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
export const KEEP_WILL = `insert into wills (session, node, client, command) values ($1, $2, $3, $4)
  on conflict (session) do update set command = excluded.command`;
export const FORGET_WILL = `delete from wills where session = $1`;

export const MARK_ONLINE = `
  with given as (select * from unnest(cast($2 as text[]), cast($3 as boolean[])) as g (client, is_here)),
  gone as (delete from online o using given g where o.node = $1 and o.client = g.client and not g.is_here),
  come as (insert into online (client, node) select client, cast($1 as text) from given where is_here on conflict do nothing)
  select ${NOW} as now, cast(txid_current_snapshot() as text) as snapshot`;

export const MARK_OCCUPANTS = `
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

export const NODES_OF = `
  select o.node, json_agg(o.client) as clients from online o
  where o.client = any (cast($1 as text[])) and o.node <> $2 and o.node in (${ALIVE}) group by o.node`;

export const ONLINE = `select distinct client from online where client = any (cast($1 as text[])) and node in (${ALIVE})`;
export const OCCUPANTS = `select distinct client from occupants where room = $1 and node in (${ALIVE})`;
export const OCCUPANT_COUNT = `select count(distinct client) as count from occupants where room = $1 and node in (${ALIVE})`;
export const CLIENT_COUNT = `select count(distinct client) as count from online where node in (${ALIVE})`;

/** Those of some clients that are members, and since when. */
export const MEMBERS = `
  select client, joined_at from members where cid = $1 and client = any (cast($2 as text[]))`;

/** Conversations of some clients in which there is a message since a time. */
export const ACTIVE = `
  select m.cid, max(l.last_at) as last_at, json_agg(m.client) as clients, bool_or(c.kind = 'system') as is_system
  from members m join logs l on l.cid = m.cid join conversations c on c.id = m.cid
  where m.client = any (cast($1 as text[])) and l.last_at >= $2 group by m.cid`;

/** Which transactions have written the messages of a conversation in a time, and whether that was a later change. */
export const WRITTEN = `select ts, cast(cast(xmin as text) as bigint) as written,
    (edited_at is not null or delivered_at is not null or read_at is not null) as is_changed
  from messages where cid = $1 and ts between $2 and $3`;

export const ROOMS = `select cid, last_at from logs where cid = any (cast($1 as text[])) and last_at is not null`;

/** Messages in conversations of some clients, or in some chat rooms, that were changed since a time. */
export const EDITED = `
  select ${MESSAGE}, (select json_agg(own.client) from members own
    where own.cid = m.cid and own.client = any (cast($1 as text[]))) as clients
  from messages m where m.edited_at >= $2 and m.cid in (
    select cid from members where client = any (cast($1 as text[])) union select unnest(cast($3 as text[]))
  ) order by m.edited_at`;

/** The read marks of some clients that were moved since a time. */
export const READ = `select client, json_agg(cid) as cids from marks
  where client = any (cast($1 as text[])) and read_at >= $2 group by client`;

/** Notices to some clients since a time. */
export const TOLD = `select client, command from notices where client = any (cast($1 as text[])) and at >= $2 order by seq`;

export const SESSIONS = `select token, holder, displaced from sessions where token = any (cast($1 as text[]))`;

export const TAKE = `
  with fresh as (
    insert into nonces (key, until) select cast($2 as text), cast($4 as bigint) where cast($2 as text) is not null on conflict (key) do nothing returning 1
  )
  select (cast($2 as text) is null or exists (select 1 from fresh))
    and not exists (select 1 from signature_ends where client = $1 and at >= cast($3 as bigint)) as is_good`;

export const END = `insert into signature_ends (client, at) values ($1, $2)
  on conflict (client) do update set at = greatest(signature_ends.at, excluded.at)`;

/** How long ends of signatures are remembered, ms: longer than a signature is valid. */
const KEPT_ENDS = 86_400_000;
export const FORGET = `
  with gone as (delete from nonces where until < ${NOW}),
  lost as (delete from online where node not in (select id from nodes)),
  out as (delete from occupants where node not in (select id from nodes))
  delete from signature_ends where at < ${NOW} - ${KEPT_ENDS}`;

/** A process that ends takes everything of it away. */
export const LEAVE = `
  with gone as (delete from online where node = $1), out as (delete from occupants where node = $1),
  left_wills as (delete from wills where node = $1) delete from nodes where id = $1`;
