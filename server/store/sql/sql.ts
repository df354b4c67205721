/** All statements of the store. `$1`, `$2` and so on are parameters. */
import { KINDS, type KeptByKind } from '../../domain/memory/retention.js';
import type { Dialect } from './dialect.js';
import { movingStatements } from './moving-sql.js';

/** Later than every time. */
const NEVER = '9007199254740991';

/** The columns of a message of `m`. */
export const MESSAGE = `m.cid, m.ts, m.id, m.sender, m.type, m.msg, m.bin, m.receipt, m.mentions, m.mentions_all,
  m.addressed, m.edited_at, m.delivered_at, m.read_at`;

/** Whether a conversation `c` with the log `l` has not ended at the time `now`. */
export const livesAt = (now: string, greatest: string, kept: KeptByKind): string => {
  const idle = KINDS.map((kind) => `when '${kind}' then ${Math.min(kept[kind].idle, Number.MAX_SAFE_INTEGER)}`);
  return `(case c.kind when 'temporary' then c.created_at + coalesce(c.ttl, ${NEVER}) * 1000
      else ${greatest}(c.created_at, c.updated_at, coalesce(l.last_at, 0)) + (case c.kind ${idle.join(' ')} end) end)
      > ${now}`;
};

const inWordsOf = (dialect: Dialect, kept: KeptByKind) => {
  const { each, list, greatest, least, any, join, by, withId, idHasTime, idHasTimeOf, unlimited, lock } = dialect;

  /** Whether a client gets a message of `m`. */
  const isFor = (client: string): string =>
    `(m.addressed is null
      or exists (select 1 from audience a where a.cid = m.cid and a.client = ${client} and a.ts = m.ts))`;

  /**
   * Whether a message of `m` that a client gets counts for it: see `concerns`. -127 is a recalled message, the others
   * are signals.
   */
  const counts = (client: string): string =>
    `m.sender <> ${client} and (m.type is null or (m.type <> -127 and m.type not between -105 and -101))`;

  /**
   * Messages of the system conversation $1 for the client $2. Messages for others are not looked at: there may be many.
   */
  const ofSystem = (columns: string, condition: string, order: string): string =>
    `select ${columns} from messages m ${by('messages_of_system')} where m.cid = $1 and m.is_public = 1 and ${condition}
    union all
    select ${columns} from audience a ${join} messages m on m.cid = a.cid and m.ts = a.ts
      where a.cid = $1 and a.client = $2 and ${condition.replaceAll('m.ts', 'a.ts')}
    order by ${order}`;

  const isMember = (cid: string, client: string): string =>
    `exists (select 1 from members where cid = ${cid} and client = ${client})`;

  const isListed = (cid: string, name: string, client: string): string =>
    `exists (select 1 from listed where cid = ${cid} and list = '${name}' and client = ${client})`;

  const isSilenced = (cid: string, client: string, now: string): string =>
    `(${isListed(cid, 'silenced', client)}
      or exists (select 1 from silences where cid = ${cid} and client = ${client} and ends_at > ${now}))`;

  /** Whether a message of `m` mentions the client $2. */
  const IS_MENTION = `(m.mentions_all or exists (select 1 from ${each('m.mentions', 'e')} where e.value = $2)) as is_mention`;

  const lives = (now: string): string => livesAt(now, greatest, kept);

  return {
    // Conversations

    /** What is asked before a message, or another change, is made. $1: id. */
    head: `select c.kind, c.created_at, c.updated_at, c.ttl, l.members_version, l.last_at
      from conversations c join logs l on l.cid = c.id where c.id = $1`,
    /** $1: ids. */
    conversations: `select c.id, c.kind, c.creator, c.name, c.attributes, c.is_unique, c.ttl, c.created_at, c.updated_at,
        l.members_version, l.last_at, m.id as message, m.sender, m.ts, m.edited_at, m.msg, m.bin
      from ${each('$1', 'wanted')}
      join conversations c on c.id = wanted.value
      join logs l on l.cid = c.id
      left join messages m on m.cid = c.id and m.ts = l.public_at
      order by wanted.key`,
    /** The members in their order, and those that have muted the conversation. $1: id. */
    members: `select ${list('client')} as members, ${list('client')} filter (where muted) as muted
      from (select client, muted from members where cid = $1 order by position) as m`,
    idOfUnique: `select id from conversations where unique_key = $1`,
    noLongerUnique: `update conversations set unique_key = null where id = $1`,
    insertConversation: `insert into conversations
      (id, kind, creator, name, attributes, is_unique, unique_key, ttl, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    insertLog: `insert into logs (cid, members_version, messages) values ($1, 0, 0)`,
    updateConversation: `update conversations
      set name = coalesce($2, name), attributes = coalesce($3, attributes), updated_at = coalesce($4, updated_at)
      where id = $1`,
    /** $1: client, $2: count no further. */
    created: `select count(*) as count from (select 1 from conversations where creator = $1 limit $2) as c`,
    memberships: `select count(*) as count from (select 1 from members where client = $1 limit $2) as m`,
    removeConversation: [
      `delete from conversations where id = $1`,
      `delete from logs where cid = $1`,
      `delete from members where cid = $1`,
      `delete from roles where cid = $1`,
      `delete from listed where cid = $1`,
      `delete from silences where cid = $1`,
      `delete from marks where cid = $1`,
      `insert into deleted (cid) values ($1)`,
    ],
    /** A page of all conversations, newest first. $1 and $2: time and id of the last one before it, $3: how many. */
    allIds: `select id, created_at from conversations where (created_at, id) < ($1, $2)
      order by created_at desc, id desc limit $3`,
    /** A page of a kind. $4: the kind. */
    idsOfKind: `select id, created_at from conversations where kind = $4 and (created_at, id) < ($1, $2)
      order by created_at desc, id desc limit $3`,
    /** A page of all conversations after the id $1. */
    idsAfter: `select id from conversations where id > $1 order by id limit $2`,
    /** $1: client. */
    idsOfMember: `select cid from members where client = $1`,

    // Members, roles and lists

    membersVersion: `update logs set members_version = members_version + 1 where cid = $1`,
    /** Those of the clients $2 that are members. */
    whichAreMembers: `select e.value as client from ${each('$2', 'e')}
      where exists (select 1 from members where cid = $1 and client = e.value)`,
    memberCount: `select count(*) as count from members where cid = $1`,
    /** Adds the clients $2 in their order, at the time $3. */
    addMembers: `insert into members (cid, client, position, muted, joined_at)
      select $1, e.value, e.key + 1 + (select coalesce(max(position), 0) from members where cid = $1), false, cast($3 as bigint)
      from ${each('$2', 'e')} order by e.key`,
    removeMembers: `delete from members where cid = $1 and client in (select value from ${each('$2', 'e')})`,
    /** How the client $1 stands to those of the conversations $2 of which it is a member. */
    standings: `select m.cid, m.muted, m.joined_at from ${each('$2', 'e')}
      join members m on m.cid = e.value and m.client = $1`,
    setMuted: `update members set muted = $3 where cid = $1 and client = $2`,
    /** No client has the empty id: a row with it says that a role was given. */
    roles: `select client, role from roles where cid = $1 and client <> ''`,
    hasRoles: `select exists (select 1 from roles where cid = $1 and role <> 'Owner') as is_any`,
    noteRoles: `insert into roles (cid, client, role) values ($1, '', 'Given') on conflict (cid, client) do nothing`,
    setRole: `insert into roles (cid, client, role) values ($1, $2, $3) on conflict (cid, client) do update set role = $3`,
    removeRole: `delete from roles where cid = $1 and client = $2`,
    /** An owner that comes back is the owner again; a manager that comes back is a plain member. */
    dropManagers: `delete from roles
      where cid = $1 and role = 'Manager' and client in (select value from ${each('$2', 'e')})`,
    /** Those of the clients $3 that are on the list $2. */
    whichAreListed: `select e.value as client, l.was_member from ${each('$3', 'e')}
      join listed l on l.cid = $1 and l.list = $2 and l.client = e.value`,
    listedCount: `select count(*) as count from listed where cid = $1 and list = $2`,
    list: `insert into listed (cid, list, client, was_member)
      select $1, $2, e.value, exists (select 1 from members where cid = $1 and client = e.value) from ${each('$3', 'e')}`,
    unlist: `delete from listed where cid = $1 and list = $2 and client in (select value from ${each('$3', 'e')})`,
    /** A page of a list after the id $3. */
    listed: `select client from listed where cid = $1 and list = $2 and client > $3 order by client limit $4`,
    silence: `insert into silences (cid, client, ends_at) values ($1, $2, $3)
      on conflict (cid, client) do update set ends_at = $3`,
    endSilence: `delete from silences where cid = $1 and client = $2 and ends_at > $3`,
    /** Silences that have ended at the time $2. */
    forgetSilences: `delete from silences where cid = $1 and ends_at <= $2`,
    silenceCount: `select count(*) as count, count(case when client = $2 then 1 end) as own from silences
      where cid = $1`,
    /** Those of the clients $2 that are silenced at the time $3. */
    whichAreSilenced: `select e.value as client from ${each('$2', 'e')}
      where exists (select 1 from listed where cid = $1 and list = 'silenced' and client = e.value)
        or exists (select 1 from silences where cid = $1 and client = e.value and ends_at > $3)`,
    /** Whether the client $2 is a member of $1, silenced at the time $3, and blocked. */
    standing: `select ${isMember('$1', '$2')} as is_member, ${isSilenced('$1', '$2', '$3')} as is_silenced,
      ${isListed('$1', 'blocked', '$2')} as is_blocked`,

    // Messages

    /**
     * Nothing is stored if the client $14 may not speak at the time $15, or if the sender has stored a message with the
     * token before. $14 is NULL for the back end. $16: anybody may speak who is not blocked.
     */
    insertMessage: `insert into messages
      (cid, ts, id, sender, token, type, msg, bin, receipt, mentions, mentions_all, addressed, is_public${idHasTime})
      select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13${idHasTimeOf('$17')}
      where cast($14 as text) is null or not ${isSilenced('$1', '$14', '$15')}
        and (case when $16 then not ${isListed('$1', 'blocked', '$14')} else ${isMember('$1', '$14')} end)
      on conflict (cid, sender, token) where token is not null do nothing`,
    /** $3: the clients that get a message. */
    address: `insert into audience (cid, client, ts) select $1, e.value, $2 from ${each('$3', 'e')}`,
    messageAt: `select ${MESSAGE} from messages m where m.cid = $1 and m.ts = $2`,
    /** $3: the time that the id has, or NULL. */
    messageById: withId(`select ${MESSAGE} from messages m where m.cid = $1`, '$2', '$3'),
    messageByToken: `select ${MESSAGE} from messages m where m.cid = $1 and m.sender = $2 and m.token = $3`,
    /** There are $4 messages more. */
    noteLast: `update logs set last_at = $2, public_at = coalesce($3, public_at), messages = messages + $4 where cid = $1`,
    noteActivity: `update logs set last_at = $2 where cid = $1`,
    deleteMessage: `delete from messages where cid = $1 and ts = $2`,
    deleteAudience: `delete from audience where cid = $1 and ts = $2`,
    /** There is one message less; the newest one for everybody may be another one. */
    noteDeletedOne: `update logs set messages = messages - 1, public_at = (select max(ts) from messages
      where cid = $1 and addressed is null and (type is null or type not between -105 and -101)) where cid = $1`,
    noteRecall: `update logs set recalled_at = $2 where cid = $1`,
    editMessage: `update messages
      set type = $3, msg = $4, bin = $5, mentions = $6, mentions_all = $7, edited_at = $8 where cid = $1 and ts = $2`,
    /** $1: conversation, $2: the reader or NULL, $3 and $4: the first and the last time, $5: how many. */
    older: `select ${MESSAGE} from messages m where m.cid = $1 and m.ts between $3 and $4
      and (cast($2 as text) is null or ${isFor('$2')}) order by m.ts desc limit $5`,
    newer: `select ${MESSAGE} from messages m where m.cid = $1 and m.ts between $3 and $4
      and (cast($2 as text) is null or ${isFor('$2')}) order by m.ts limit $5`,
    /** As above, of the type $6. */
    olderOfType: `select ${MESSAGE} from messages m ${by('messages_by_type')}
      where m.cid = $1 and m.type = $6 and m.ts between $3 and $4
      and (cast($2 as text) is null or ${isFor('$2')}) order by m.ts desc limit $5`,
    newerOfType: `select ${MESSAGE} from messages m ${by('messages_by_type')}
      where m.cid = $1 and m.type = $6 and m.ts between $3 and $4
      and (cast($2 as text) is null or ${isFor('$2')}) order by m.ts limit $5`,
    /** As above, for a reader of a system conversation. $6 is the type or NULL. */
    olderOfSystem: ofSystem(
      MESSAGE,
      'm.ts between $3 and $4 and (cast($6 as double precision) is null or m.type = $6)',
      'ts desc limit $5',
    ),
    newerOfSystem: ofSystem(
      MESSAGE,
      'm.ts between $3 and $4 and (cast($6 as double precision) is null or m.type = $6)',
      'ts limit $5',
    ),
    /** Changes in the conversations of the client $1 since $2. */
    modifiedSince: `select ${MESSAGE} from members own
      join conversations c on c.id = own.cid join logs l on l.cid = own.cid
      join messages m on m.cid = own.cid and m.edited_at >= $2
      where own.client = $1 and ${isFor('$1')} and ${lives('$4')} order by m.edited_at limit $3`,
    /** The time of the last message up to $2. */
    lastUpTo: `select max(ts) as ts from messages where cid = $1 and ts <= $2`,
    /** The time of the last message in a stretch. */
    lastWithin: `select max(ts) as ts from messages where cid = $1 and ts between $2 and $3`,
    isAnyWithin: `select exists (select 1 from messages where cid = $1 and ts between $2 and $3) as is_any`,
    /** The time of the message before which, counted from the end of a stretch, $4 messages are. */
    nthLast: `select ts from messages where cid = $1 and ts between $2 and $3 order by ts desc limit 1 offset $4`,

    // Marks

    mark: `select read_ts, got_ts, acked_ts from marks where cid = $1 and client = $2`,
    receipts: `select client, got_at, read_at from marks where cid = $1`,
    markGot: `insert into marks (cid, client, got_ts, got_at) values ($1, $2, $3, $4)
      on conflict (cid, client) do update set got_ts = ${greatest}(coalesce(marks.got_ts, $3), $3), got_at = $4`,
    markAcked: `update marks set acked_ts = $3 where cid = $1 and client = $2`,
    markRead: `insert into marks (cid, client, read_ts, read_at) values ($1, $2, $3, $4)
      on conflict (cid, client) do update set read_ts = $3, read_at = $4`,
    /** The newest messages of others in a stretch that are newly delivered and want a receipt. */
    newlyDelivered: `select ${MESSAGE} from messages m where m.cid = $1 and m.ts between $2 and $3
      and m.receipt and m.delivered_at is null and m.sender <> $4 and ${isFor('$4')} order by m.ts desc limit $5`,
    setDelivered: `update messages as m set delivered_at = $5 where m.cid = $1 and m.ts between $2 and $3
      and m.delivered_at is null and m.sender <> $4 and ${isFor('$4')}`,
    /** The newest message of others in a stretch that is newly read and wants a receipt. */
    newlyRead: `select ${MESSAGE} from messages m where m.cid = $1 and m.ts between $2 and $3
      and m.receipt and m.read_at is null and m.sender <> $4 and ${isFor('$4')} order by m.ts desc limit 1`,
    setRead: `update messages as m set read_at = $5, delivered_at = coalesce(m.delivered_at, $5)
      where m.cid = $1 and m.ts between $2 and $3 and m.read_at is null and m.sender <> $4 and ${isFor('$4')}`,
    /** The members that have not read a message of the time $2. */
    unreadBy: `select b.client from members b left join marks k on k.cid = b.cid and k.client = b.client
      where b.cid = $1 and coalesce(k.read_ts, -1) < $2 order by b.position`,

    // What a client has missed

    /** Unread messages of the client $2 after the time $3, counted up to $4, and whether one mentions it. */
    unread: `select count(*) as count, ${any('is_mention')} as mentioned from (
        select ${IS_MENTION} from messages m where m.cid = $1 and m.ts > $3 and ${counts('$2')} and ${isFor('$2')}
        order by m.ts desc limit $4) as m`,
    unreadOfSystem: `select count(*) as count, ${any('is_mention')} as mentioned from (
        ${ofSystem(`m.ts, ${IS_MENTION}`, `m.ts > $3 and ${counts('$2')}`, 'ts desc limit $4')}) as m`,
    /** The newest message for the client $2. */
    lastFor: `select ${MESSAGE} from messages m where m.cid = $1 and ${isFor('$2')} order by m.ts desc limit 1`,
    lastOfSystem: ofSystem(MESSAGE, 'true', 'ts desc limit 1'),
    /** Missed messages of the client $2 after the time $3. */
    missed: `select ${MESSAGE} from messages m where m.cid = $1 and m.ts > $3 and ${counts('$2')} and ${isFor('$2')}
      order by m.ts desc limit $4`,
    missedOfSystem: ofSystem(MESSAGE, `m.ts > $3 and ${counts('$2')}`, 'ts desc limit $4'),
    /**
     * The conversations of the client $1 with something later than its marks, or with less unread since $2, which may
     * be NULL. Latest first.
     */
    withUnread: `select b.cid, c.kind, k.read_ts,
        (cast($2 as bigint) is not null and ${greatest}(coalesce(l.recalled_at, -1), coalesce(k.read_at, -1)) >= $2)
          as is_less
      from members b
      join conversations c on c.id = b.cid join logs l on l.cid = b.cid
      left join marks k on k.cid = b.cid and k.client = b.client
      where b.client = $1 and l.last_at is not null and (l.last_at > coalesce(k.read_ts, -1)
        or (cast($2 as bigint) is not null and ${greatest}(coalesce(l.recalled_at, -1), coalesce(k.read_at, -1)) >= $2))
        and ${lives('$3')}
      order by l.last_at desc`,
    withMissed: `select b.cid, c.kind, ${greatest}(coalesce(k.read_ts, -1), coalesce(k.got_ts, -1)) as got_ts from members b
      join conversations c on c.id = b.cid join logs l on l.cid = b.cid
      left join marks k on k.cid = b.cid and k.client = b.client
      where b.client = $1 and l.last_at > ${greatest}(coalesce(k.read_ts, -1), coalesce(k.got_ts, -1)) and ${lives('$2')}
      order by l.last_at desc`,

    // Sessions and notices

    session: `select * from sessions where token = $1`,
    saveSession: `insert into sessions
      (token, holder, client, device, tag, app, expires_at, room, room_left_at, displaced, used)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, false,
        (select coalesce(max(used), 0) + 1 from sessions where client = $3))
      on conflict (token) do update set holder = excluded.holder, client = excluded.client, device = excluded.device,
        tag = excluded.tag, app = excluded.app, expires_at = excluded.expires_at, room = excluded.room,
        room_left_at = excluded.room_left_at, displaced = false, used = excluded.used`,
    /** Sessions of the client $1 with the tag $2, except the token $3. */
    rivals: `select token, holder from sessions where client = $1 and tag = $2 and token <> $3 and not displaced
      order by used`,
    displace: `update sessions set displaced = true where token = $1`,
    setRoom: `update sessions set room = $3, room_left_at = $4 where token = $1 and holder = $2`,
    /** The tokens of the client $1, except the $2 that were used last. */
    oldTokens: `select token from sessions where client = $1 order by used desc ${unlimited} offset $2`,
    tokensOf: `select token from sessions where client = $1`,
    /** $1: the time before which they have expired, $2: how many. */
    expiredTokens: `select token, client from sessions where expires_at <= $1 order by expires_at limit $2 ${lock}`,
    forgetToken: `delete from sessions where token = $1`,
    hasToken: `select exists (select 1 from sessions where client = $1) as is_any`,
    /** A notice for those of the clients $1 that can come back. */
    keepNotice: `insert into notices (client, at, command, bytes)
      select e.value, $2, $3, $4 from ${each('$1', 'e')}
      where exists (select 1 from sessions where client = e.value)`,
    countNotice: `insert into clients (id, notices, notice_bytes)
      select e.value, 1, $2 from ${each('$1', 'e')} where exists (select 1 from sessions where client = e.value)
      on conflict (id) do update set notices = clients.notices + 1, notice_bytes = clients.notice_bytes + $2`,
    /** Those of the clients $1 with more than $2 notices, or more than $3 bytes. */
    withTooManyNotices: `select c.id, c.notices, c.notice_bytes from ${each('$1', 'e')} join clients c on c.id = e.value
      where c.notices > $2 or c.notice_bytes > $3`,
    oldestNotices: `select seq, bytes from notices where client = $1 order by seq limit $2`,
    dropNotices: `delete from notices where client = $1 and seq <= $2`,
    setNotices: `update clients set notices = $2, notice_bytes = $3 where id = $1`,
    notices: `select at, command from notices where client = $1 and at > $2 order by at, seq limit $3`,
    forgetNotices: `delete from notices where client = $1`,
    forgetClient: `delete from clients where id = $1`,

    ...movingStatements(dialect),

    // What has ended

    /** A page of all conversations after the id $1. */
    walk: `select c.id, c.kind, c.created_at, c.updated_at, c.ttl, l.last_at, l.messages
      from conversations c join logs l on l.cid = c.id where c.id > $1 order by c.id limit $2 ${lock}`,
    isDeleted: `select cid from deleted where cid = $1`,
    forgetDeleted: [
      `delete from messages where cid = $1`,
      `delete from audience where cid = $1`,
      `delete from deleted where cid = $1`,
    ],
    aDeleted: `select cid from deleted limit 1`,
    messagesOfDeleted: `delete from messages where cid = $1 and ts <= coalesce(
      (select ts from messages where cid = $1 order by ts limit 1 offset $2), ${NEVER})`,
    endOfDeleted: `delete from deleted where cid = $1 and not exists (select 1 from messages where cid = $1)`,
    /** Deletes the oldest messages before the time $2, at most $3. */
    deleteOld: `delete from messages where cid = $1 and ts < ${least}($2, coalesce(
      (select ts from messages where cid = $1 order by ts limit 1 offset $3), ${NEVER}))`,
    noteDeleted: `update logs set messages = messages - $2 where cid = $1`,
    /** Deletes who got messages that are not there any more. */
    deleteOldAudience: `delete from audience where cid = $1
      and ts < coalesce((select min(ts) from messages where cid = $1), ${NEVER})`,
    audienceOfDeleted: `delete from audience where cid = $1`,
    markCount: `select count(*) as count from marks where cid = $1`,
    deleteMarksOfOthers: `delete from marks where cid = $1
      and not exists (select 1 from members b where b.cid = $1 and b.client = marks.client)`,
  };
};

export type Statements = ReturnType<typeof inWordsOf>;

/** The statements in the words of a database. */
export const createStatements = (dialect: Dialect, kept: KeptByKind): Statements => inWordsOf(dialect, kept);
