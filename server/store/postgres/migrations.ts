/**
 * The schema, as numbered steps. A step that was published is never changed: a database that has it does not run it
 * again. Times are ms since 1970. Ids are compared byte by byte, whatever language the database has.
 */
import { number, type Row } from '../sql/columns.js';

const TEXT = 'text collate "C"';

const steps: readonly string[] = [
  `
  create table conversations (
    id ${TEXT} primary key,
    kind ${TEXT} not null,
    creator ${TEXT},
    name text,
    attributes text not null,
    is_unique boolean not null,
    -- A hash: the key itself may be too long for an index.
    unique_key ${TEXT} unique,
    ttl double precision,
    created_at bigint not null,
    updated_at bigint not null
  );
  create index conversations_by_time on conversations (created_at, id);
  create index conversations_by_kind on conversations (kind, created_at, id);
  create index conversations_by_creator on conversations (creator) where creator is not null;

  -- What changes with every message, apart from the attributes, which may be long. Whoever changes a conversation
  -- locks its row here first. The room in its pages is for new versions of rows.
  create table logs (
    cid ${TEXT} primary key,
    members_version bigint not null,
    last_at bigint,
    public_at bigint,
    recalled_at bigint,
    messages bigint not null
  ) with (fillfactor = 50);

  create table members (
    cid ${TEXT} not null,
    client ${TEXT} not null,
    position bigint not null,
    muted boolean not null,
    primary key (cid, client)
  );
  create index members_by_client on members (client, cid);

  create table roles (
    cid ${TEXT} not null,
    client ${TEXT} not null,
    role ${TEXT} not null,
    primary key (cid, client)
  );

  create table listed (
    cid ${TEXT} not null,
    list ${TEXT} not null,
    client ${TEXT} not null,
    was_member boolean not null,
    primary key (cid, list, client)
  );

  create table marks (
    cid ${TEXT} not null,
    client ${TEXT} not null,
    read_ts bigint,
    read_at bigint,
    got_ts bigint,
    got_at bigint,
    acked_ts bigint,
    primary key (cid, client)
  ) with (fillfactor = 70);

  create table messages (
    cid ${TEXT} not null,
    ts bigint not null,
    id ${TEXT} not null,
    sender ${TEXT} not null,
    token ${TEXT},
    type double precision,
    msg text,
    bin bytea,
    receipt boolean not null,
    mentions text,
    mentions_all boolean not null,
    addressed text,
    -- 1: of a system conversation, and for everybody.
    is_public smallint,
    edited_at bigint,
    delivered_at bigint,
    read_at bigint,
    primary key (cid, ts)
  );
  create unique index messages_by_id on messages (cid, id);
  create unique index messages_by_token on messages (cid, sender, token) where token is not null;
  create index messages_by_type on messages (cid, type, ts) where type is not null;
  create index messages_of_system on messages (cid, ts) where is_public = 1;
  create index messages_by_edit on messages (cid, edited_at) where edited_at is not null;

  -- The clients that get a message which is for some only.
  create table audience (
    cid ${TEXT} not null,
    client ${TEXT} not null,
    ts bigint not null,
    primary key (cid, client, ts)
  );

  -- Conversations that are deleted, and whose messages are not yet.
  create table deleted (cid ${TEXT} primary key);

  create table sessions (
    token ${TEXT} primary key,
    holder ${TEXT} not null,
    client ${TEXT} not null,
    device text not null,
    tag ${TEXT},
    app text,
    expires_at double precision not null,
    room ${TEXT},
    room_left_at bigint,
    displaced boolean not null,
    used bigint not null
  );
  create index sessions_by_client on sessions (client, used);
  create index sessions_by_end on sessions (expires_at);

  create table notices (
    seq bigint generated always as identity primary key,
    client ${TEXT} not null,
    at bigint not null,
    command text not null,
    bytes bigint not null
  );
  create index notices_by_client on notices (client, at, seq);

  -- How many notices a client has, and how long they are together.
  create table clients (id ${TEXT} primary key, notices bigint not null, notice_bytes bigint not null);
  `,
  // When a member has joined.
  `alter table members add column joined_at bigint`,
  `
  -- Clients that may not speak until a time.
  create table silences (
    cid ${TEXT} not null,
    client ${TEXT} not null,
    ends_at bigint not null,
    primary key (cid, client)
  );
  `,
  `
  -- Several processes over one database. What is here is worth nothing after a crash: each process writes it again.
  create table cluster_id (id ${TEXT} not null);
  insert into cluster_id (id) values (md5(random()::text || clock_timestamp()::text));
  create unlogged table nodes (
    id ${TEXT} primary key,
    name text not null,
    -- It lives until this time, by the clock of the database.
    until bigint not null,
    url text,
    load bigint not null,
    -- What it published in this time may be lost.
    cut_from bigint,
    cut_until bigint
  );
  create unlogged table online (client ${TEXT} not null, node ${TEXT} not null, primary key (client, node));
  create index online_by_node on online (node);
  create unlogged table occupants (
    room ${TEXT} not null,
    client ${TEXT} not null,
    node ${TEXT} not null,
    primary key (room, client, node)
  );
  create index occupants_by_node on occupants (node);
  -- What clients want to be sent if their process dies.
  create unlogged table wills (
    session ${TEXT} primary key,
    node ${TEXT} not null,
    client ${TEXT} not null,
    command text not null
  );
  create index wills_by_node on wills (node);

  -- Signatures that were taken, and when the signatures of clients were ended. These outlive a crash.
  create table nonces (key ${TEXT} primary key, until bigint not null);
  create table signature_ends (client ${TEXT} primary key, at bigint not null);
  `,
];

/** The version of the schema that this program writes. */
const SCHEMA_VERSION = steps.length;

/** One process changes the schema at a time. */
const LOCK = 7_235_814_601;

/** Runs a statement in a transaction. */
export type Execute = (sql: string) => Promise<readonly Row[]>;

const hasTable = async (execute: Execute, name: string): Promise<boolean> =>
  (await execute(`select 1 where to_regclass('${name}') is not null`)).length > 0;

/**
 * Brings the schema of a database up to date, in the transaction of `execute`. Rejects if the database is newer than
 * this program, or belongs to another one.
 */
export const migrate = async (execute: Execute): Promise<void> => {
  await execute('set local statement_timeout = 0');
  await execute('set local lock_timeout = 0');
  await execute(`select pg_advisory_xact_lock(${LOCK})`);
  if (!(await hasTable(execute, 'rx_realtime'))) {
    if (await hasTable(execute, 'conversations'))
      throw new Error('the database belongs to another program: take one of its own for rx-realtime');
    await execute('create table rx_realtime (version integer not null)');
    await execute('insert into rx_realtime (version) values (0)');
  }
  const [row = {}] = await execute('select version from rx_realtime');
  const version = number(row, 'version');
  if (version > SCHEMA_VERSION)
    throw new Error(
      `the database has schema ${version}, and this version of rx-realtime knows ${SCHEMA_VERSION}: use a later one`,
    );
  for (const step of steps.slice(version)) await execute(step);
  if (version < SCHEMA_VERSION) await execute(`update rx_realtime set version = ${SCHEMA_VERSION}`);
};
