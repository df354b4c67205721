/** The statements for what comes from another server, or goes to one. `$1` has many rows. */
import type { Dialect } from './dialect.js';

const inWordsOf = ({ each, rows, part, greatest, join, withId, idHasTime, idHasTimeOf }: Dialect) => {
  /** A part of a row of `e` as a number, or as a flag, which is 0 or 1. */
  const whole = (place: number): string => `cast(${part('e', place)} as bigint)`;
  const real = (place: number): string => `cast(${part('e', place)} as double precision)`;
  const flag = (place: number): string => `cast(cast(${part('e', place)} as integer) as boolean)`;

  /** What a conversation keeps of a client, from the tables of `standingJoins`. */
  const standingOf = (cid: string, client: string): string =>
    `select ${cid} as cid, ${client} as client, b.client is not null as is_member, b.joined_at, k.read_ts, k.read_at,
      k.got_ts, k.got_at, q.ends_at, s.client is not null as is_silenced, o.was_member`;

  const standingJoins = (cid: string, client: string): string =>
    `left join members b on b.cid = ${cid} and b.client = ${client}
      left join marks k on k.cid = ${cid} and k.client = ${client}
      left join silences q on q.cid = ${cid} and q.client = ${client}
      left join listed s on s.cid = ${cid} and s.list = 'silenced' and s.client = ${client}
      left join listed o on o.cid = ${cid} and o.list = 'blocked' and o.client = ${client}`;

  return {
    /** The heads of the conversations $1. */
    heads: `select c.id, c.kind, c.created_at, c.updated_at, c.ttl, l.members_version, l.last_at
      from ${each('$1', 'e')} ${join} conversations c on c.id = e.value ${join} logs l on l.cid = c.id`,
    /** Those of the ids $1 that something is left of. */
    areDeleted: `select d.cid from ${each('$1', 'e')} ${join} deleted d on d.cid = e.value`,
    /** The conversations that are unique with one of the keys $1. */
    idsOfUnique: `select c.unique_key, c.id from ${each('$1', 'e')} ${join} conversations c on c.unique_key = e.value`,
    importConversations: `insert into conversations
      (id, kind, creator, name, attributes, is_unique, unique_key, ttl, created_at, updated_at)
      select ${part('e', 0)}, ${part('e', 1)}, ${part('e', 2)}, ${part('e', 3)}, ${part('e', 4)}, ${flag(5)},
        ${part('e', 6)}, ${real(7)}, ${whole(8)}, ${whole(9)} from ${rows('$1', 'e')}`,
    importLogs: `insert into logs (cid, members_version, messages, last_at)
      select ${part('e', 0)}, 0, 0, ${whole(1)} from ${rows('$1', 'e')}`,
    importMembers: `insert into members (cid, client, position, muted)
      select ${part('e', 0)}, ${part('e', 1)}, ${whole(2)}, ${flag(3)} from ${rows('$1', 'e')}`,
    importOwners: `insert into roles (cid, client, role)
      select ${part('e', 0)}, ${part('e', 1)}, 'Owner' from ${rows('$1', 'e')}`,
    /** Messages of text. */
    importMessages: `insert into messages
      (cid, ts, id, sender, token, type, msg, receipt, mentions, mentions_all, addressed, is_public,
        edited_at, delivered_at, read_at${idHasTime})
      select ${part('e', 0)}, ${whole(1)}, ${part('e', 2)}, ${part('e', 3)}, null, ${real(4)}, ${part('e', 5)},
        ${flag(6)}, ${part('e', 7)}, ${flag(8)}, ${part('e', 9)}, ${whole(10)}, ${whole(11)}, ${whole(12)}, ${whole(13)}
        ${idHasTimeOf(whole(14))}
      from ${rows('$1', 'e')}`,
    /** The bytes of a message. */
    importBytes: `update messages set bin = $3 where cid = $1 and ts = $2`,
    importAudience: `insert into audience (cid, client, ts)
      select ${part('e', 0)}, ${part('e', 1)}, ${whole(2)} from ${rows('$1', 'e')}`,
    /** Those of the ids and conversations $1 that messages have: with the times that the ids have, or NULL. */
    knownIds: withId(
      `select m.cid, m.id from ${rows('$1', 'e')} ${join} messages m on m.cid = ${part('e', 0)}`,
      part('e', 1),
      whole(2),
    ),
    /** Those of the times and conversations $1 that messages have. */
    takenTimes: `select m.cid, m.ts from ${rows('$1', 'e')}
      ${join} messages m on m.cid = ${part('e', 0)} and m.ts = ${whole(1)}`,
    /** The time of the newest message, of the newest one for everybody, or NULL, and how many there are. */
    noteImported: `update logs set last_at = ${greatest}(coalesce(last_at, v.newest), v.newest),
        public_at = ${greatest}(coalesce(public_at, v.shown), coalesce(v.shown, public_at)),
        messages = messages + v.added
      from (select ${part('e', 0)} as id, ${whole(1)} as newest, ${whole(2)} as shown, ${whole(3)} as added
        from ${rows('$1', 'e')}) as v where logs.cid = v.id`,

    /** What conversations keep of the clients $1, which are pairs with their conversations. */
    knownStandings: `${standingOf(part('p', 0), part('p', 1))} from ${rows('$1', 'p')}
      ${standingJoins(part('p', 0), part('p', 1))}`,
    importMarks: `insert into marks (cid, client, read_ts, read_at, got_ts, got_at)
      select ${part('e', 0)}, ${part('e', 1)}, ${whole(2)}, ${whole(3)}, ${whole(4)}, ${whole(5)} from ${rows('$1', 'e')}
      where true on conflict (cid, client) do update set
        read_ts = coalesce(marks.read_ts, excluded.read_ts), read_at = coalesce(marks.read_at, excluded.read_at),
        got_ts = coalesce(marks.got_ts, excluded.got_ts), got_at = coalesce(marks.got_at, excluded.got_at)`,
    importListed: `insert into listed (cid, list, client, was_member)
      select ${part('e', 0)}, ${part('e', 1)}, ${part('e', 2)}, ${flag(3)} from ${rows('$1', 'e')}`,
    importSilences: `insert into silences (cid, client, ends_at)
      select ${part('e', 0)}, ${part('e', 1)}, ${whole(2)} from ${rows('$1', 'e')}`,
    importJoined: `update members set joined_at = v.joined_at
      from (select ${part('e', 0)} as id, ${part('e', 1)} as name, ${whole(2)} as joined_at
        from ${rows('$1', 'e')}) as v where members.cid = v.id and members.client = v.name`,
    /** A page of what the conversation $1 keeps of clients, after the client $2, at most $3. */
    standingsIn: `${standingOf('$1', 'p.client')} from (
        select client from (
          ${[
            'marks',
            'silences',
            "listed:list = 'silenced'",
            "listed:list = 'blocked'",
            'members:joined_at is not null',
          ]
            .map((from) => from.split(':'))
            .map(
              ([table = '', condition = 'true'], place) => `select client from (select client from ${table}
              where cid = $1 and client > $2 and ${condition} order by client limit $3) as s${place}`,
            )
            .join(' union ')}
          ) as u order by client limit $3) as p
      ${standingJoins('$1', 'p.client')} order by p.client`,
  };
};

type MovingStatements = ReturnType<typeof inWordsOf>;

/** The statements in the words of a database. */
export const movingStatements = (dialect: Dialect): MovingStatements => inWordsOf(dialect);
