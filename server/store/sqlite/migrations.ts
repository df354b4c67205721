/**
 * The schema, as numbered steps. A step that was published is never changed: a database that has it does not run it
 * again. Times are ms since 1970, and flags are 0 or 1.
 */
import { number } from '../sql/columns.js';
import type { Connection } from './connection.js';

const steps: readonly string[] = [
  `
  create table conversations (
    id text primary key,
    kind text not null,
    creator text,
    name text,
    attributes text not null,
    is_unique integer not null,
    unique_key text unique,
    ttl real,
    created_at integer not null,
    updated_at integer not null
  ) without rowid;
  create index conversations_by_kind on conversations (kind, created_at, id);
  create index conversations_by_creator on conversations (creator) where creator is not null;

  -- What changes with every message, apart from the attributes, which may be long.
  create table logs (
    cid text primary key,
    members_version integer not null,
    last_at integer,
    public_at integer,
    recalled_at integer,
    messages integer not null
  ) without rowid;

  create table members (
    cid text not null,
    client text not null,
    position integer not null,
    muted integer not null,
    primary key (cid, client)
  ) without rowid;
  create index members_by_client on members (client, cid);

  create table roles (
    cid text not null,
    client text not null,
    role text not null,
    primary key (cid, client)
  ) without rowid;

  create table listed (
    cid text not null,
    list text not null,
    client text not null,
    was_member integer not null,
    primary key (cid, list, client)
  ) without rowid;

  create table marks (
    cid text not null,
    client text not null,
    read_ts integer,
    read_at integer,
    got_ts integer,
    got_at integer,
    acked_ts integer,
    primary key (cid, client)
  ) without rowid;

  create table messages (
    cid text not null,
    ts integer not null,
    id text not null,
    sender text not null,
    token text,
    type real,
    msg text,
    bin blob,
    receipt integer not null,
    mentions text,
    mentions_all integer not null,
    addressed text,
    -- 1: of a system conversation, and for everybody.
    is_public integer,
    edited_at integer,
    delivered_at integer,
    read_at integer,
    primary key (cid, ts)
  ) without rowid;
  create unique index messages_by_id on messages (cid, id);
  create unique index messages_by_token on messages (cid, sender, token) where token is not null;
  create index messages_by_type on messages (cid, type, ts) where type is not null;
  create index messages_of_system on messages (cid, ts) where is_public = 1;
  create index messages_by_edit on messages (cid, edited_at) where edited_at is not null;

  -- The clients that get a message which is for some only.
  create table audience (
    cid text not null,
    client text not null,
    ts integer not null,
    primary key (cid, client, ts)
  ) without rowid;

  -- Conversations that are deleted, and whose messages are not yet.
  create table deleted (cid text primary key) without rowid;

  create table sessions (
    token text primary key,
    holder text not null,
    client text not null,
    device text not null,
    tag text,
    app text,
    expires_at real not null,
    room text,
    room_left_at integer,
    displaced integer not null,
    used integer not null
  ) without rowid;
  create index sessions_by_client on sessions (client, used);
  create index sessions_by_end on sessions (expires_at);

  create table notices (
    seq integer primary key,
    client text not null,
    at integer not null,
    command text not null,
    bytes integer not null
  );
  create index notices_by_client on notices (client, at, seq);

  -- How many notices a client has, and how long they are together.
  create table clients (id text primary key, notices integer not null, notice_bytes integer not null) without rowid;
  `,
  // When a member has joined.
  `alter table members add column joined_at integer`,
  `
  -- Clients that may not speak until a time.
  create table silences (
    cid text not null,
    client text not null,
    ends_at integer not null,
    primary key (cid, client)
  ) without rowid;
  `,
  // 1: the id of the message begins with its time, so that the message is found by that. Such a message is not in the
  // index: a commit writes a page less for each conversation.
  `
  alter table messages add column id_has_time integer;
  drop index messages_by_id;
  create unique index messages_by_id on messages (cid, id) where id_has_time is null;
  `,
];

/** The version of the schema that this program writes. */
const SCHEMA_VERSION = steps.length;

const hasTable = ({ one }: Connection, name?: string): boolean =>
  one(`select 1 from sqlite_schema where $1 is null or (type = 'table' and name = $1) limit 1`, name) !== undefined;

/**
 * The version of a database's schema; 0 if it is empty. Throws if the database is newer than this program, or belongs
 * to another one.
 */
export const schemaVersionOf = (connection: Connection): number => {
  const row = connection.one('pragma user_version');
  const version = row === undefined ? 0 : number(row, 'user_version');
  const isOurs = version === 0 ? !hasTable(connection) : hasTable(connection, 'conversations');
  if (!isOurs) throw new Error('the database belongs to another program: it has no conversations of rx-realtime');
  if (version > SCHEMA_VERSION)
    throw new Error(
      `the database has schema ${version}, and this version of rx-realtime knows ${SCHEMA_VERSION}: use a later one`,
    );
  return version;
};

/** Brings the schema of a database up to date. Throws as `schemaVersionOf` does. */
export const migrate = (connection: Connection): void => {
  const version = schemaVersionOf(connection);
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    connection.exec('begin immediate');
    try {
      connection.exec(step);
      connection.exec(`pragma user_version = ${index + 1}`);
      connection.exec('commit');
    } catch (error) {
      connection.exec('rollback');
      throw error;
    }
  }
};
