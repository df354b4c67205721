/** The tables of a cluster in PostgreSQL: which processes live, and where clients are. Times are the database's. */
import { maybeList, maybeNumber, maybeText, number, text, type Row } from '../store/sql/columns.js';
import { messageOf } from '../store/sql/rows.js';
import type { Connections } from '../store/postgres/connections.js';
import { hashedKey } from '../store/postgres/changes.js';
import * as sql from './node-statements.js';
import type { KeptWill } from '../bus.js';
import type { SharedSignatures } from '../signatures.js';
import type { StoredMessage } from '../domain/records.js';
import { snapshotOf, type Snapshot } from './snapshot.js';

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

interface Renewed {
  /** Whether the lease was held until now; otherwise the others may have given the process up. */
  readonly isHeld: boolean;
  /** The time of the database, ms. */
  readonly now: number;
  readonly others: readonly OtherNode[];
  /** Whether there are processes whose lease has ended. */
  readonly isAnyDead: boolean;
}

/** Which transaction has written a message last, and whether that was a change: an earlier one has stored it then. */
interface Written {
  readonly by: number;
  readonly isChanged: boolean;
}

interface Registered {
  /** The time of the database, ms. */
  readonly now: number;
  readonly wasThere: boolean;
  readonly wills: readonly KeptWill[];
}

/** What is left of processes that have died: their clients that are nowhere else now, and the wills of these. */
interface Buried {
  readonly clients: readonly string[];
  readonly wills: readonly KeptWill[];
}

/** When clients were entered, and what they can read since then. */
export interface Entered {
  readonly now: number;
  readonly snapshot: Snapshot;
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

const cutOf = (row: Row): Cut | undefined => {
  const [from, until] = [maybeNumber(row, 'cut_from'), maybeNumber(row, 'cut_until')];
  return from === undefined || until === undefined ? undefined : { from, until };
};

/** A conversation with messages since a time, and those of the clients asked for that are its members. */
interface ActiveConversation {
  readonly id: string;
  readonly lastAt: number;
  readonly clients: readonly string[];
  readonly isSystem: boolean;
}

/** How a token stands. */
interface TokenState {
  readonly holder: string;
  readonly isDisplaced: boolean;
}

export interface Nodes {
  /** The id of the database: clusters that share a broker don't hear each other. */
  readonly clusterId: () => Promise<string>;
  /**
   * Enters the process, with nobody online. Gives the time, and whether it was in the table: otherwise the others have
   * given it up, if it was there before. Then they have sent the wills of its clients, and none are given.
   */
  readonly register: (state: NodeState, lease: number) => Promise<Registered>;
  /** Renews the lease. `asked`: called when the database is asked. */
  readonly renew: (state: NodeState, lease: number, asked: () => void) => Promise<Renewed>;
  readonly leave: (id: string) => Promise<void>;
  /** Takes away the processes whose lease has ended. */
  readonly bury: () => Promise<Buried>;
  readonly keepWill: (id: string, session: string, will: KeptWill | undefined) => Promise<void>;
  /** Writes who has come and gone. */
  readonly markOnline: (id: string, clients: readonly Presence<string>[]) => Promise<Entered>;
  /** The same for chat rooms. Gives the time. */
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
  /** The transactions that have written the messages of a conversation in a time, by the times of the messages. */
  readonly written: (conversation: string, from: number, to: number) => Promise<ReadonlyMap<number, Written>>;
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
    register: ({ id, name, url, load }, lease) =>
      leases.use(async (session) => {
        const [row = {}] = await session.rows(sql.REGISTER, [id, name, lease, url, load]);
        const commands = maybeList(row, 'will_commands') ?? [];
        const wills = (maybeList(row, 'will_clients') ?? []).flatMap((clientId, place) => {
          const command = commands[place];
          return command === undefined ? [] : [{ clientId, command }];
        });
        return { now: number(row, 'now'), wasThere: number(row, 'before') > 0, wills };
      }),
    renew: ({ id, load, url, cut }, lease, asked) =>
      leases.use(async (session) => {
        asked();
        const [own] = await session.rows(sql.RENEW, [id, lease, load, cut?.from, cut?.until, url]);
        const all = await session.rows(sql.OTHERS, [id]);
        const now = own ?? all[0];
        return {
          isHeld: own !== undefined,
          now: now === undefined ? connections.now() : number(now, 'now'),
          others: all.filter((row) => row['is_alive'] === true).map(otherOf),
          isAnyDead: all.some((row) => row['is_dead'] === true),
        };
      }),
    leave: async (id) => {
      await rows(sql.LEAVE, id);
    },
    bury: async () => {
      const found = await rows(sql.BURY);
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
        ? rows(sql.FORGET_WILL, session)
        : rows(sql.KEEP_WILL, session, id, will.clientId, will.command));
    },
    markOnline: async (id, clients) => {
      const row = await one(
        sql.MARK_ONLINE,
        id,
        clients.map(({ key }) => key),
        clients.map(({ isHere }) => isHere),
      );
      return { now: number(row, 'now'), snapshot: snapshotOf(text(row, 'snapshot')) };
    },
    markOccupants: async (id, places) =>
      number(
        await one(
          sql.MARK_OCCUPANTS,
          id,
          places.map(({ key }) => key.room),
          places.map(({ key }) => key.client),
          places.map(({ isHere }) => isHere),
        ),
        'now',
      ),
    nodesOf: async (id, clients) =>
      new Map(
        (await rows(sql.NODES_OF, clients, id)).map((row) => [text(row, 'node'), new Set(maybeList(row, 'clients'))]),
      ),
    online: async (clients) => new Set((await rows(sql.ONLINE, clients)).map((row) => text(row, 'client'))),
    occupants: async (room) => (await rows(sql.OCCUPANTS, room)).map((row) => text(row, 'client')),
    occupantCount: async (room) => number(await one(sql.OCCUPANT_COUNT, room), 'count'),
    clientCount: async () => number(await one(sql.CLIENT_COUNT), 'count'),
    members: async (conversation, clients) =>
      new Map(
        (await rows(sql.MEMBERS, conversation, clients)).map((row) => [
          text(row, 'client'),
          maybeNumber(row, 'joined_at') ?? 0,
        ]),
      ),
    active: async (clients, since) =>
      (await rows(sql.ACTIVE, clients, since)).map((row) => ({
        id: text(row, 'cid'),
        lastAt: number(row, 'last_at'),
        clients: maybeList(row, 'clients') ?? [],
        isSystem: row['is_system'] === true,
      })),
    written: async (conversation, from, to) =>
      new Map(
        (await rows(sql.WRITTEN, conversation, from, to)).map((row) => [
          number(row, 'ts'),
          { by: number(row, 'written'), isChanged: row['is_changed'] === true },
        ]),
      ),
    roomsUpTo: async (rooms) =>
      (await rows(sql.ROOMS, rooms)).map((row) => ({ id: text(row, 'cid'), lastAt: number(row, 'last_at') })),
    edited: async (clients, rooms, since) =>
      (await rows(sql.EDITED, clients, since, rooms)).map((row) => ({
        message: messageOf(row),
        clients: maybeList(row, 'clients') ?? [],
      })),
    read: async (clients, since) =>
      new Map((await rows(sql.READ, clients, since)).map((row) => [text(row, 'client'), maybeList(row, 'cids') ?? []])),
    told: async (clients, since) =>
      (await rows(sql.TOLD, clients, since)).map((row) => ({
        client: text(row, 'client'),
        command: text(row, 'command'),
      })),
    signatures: {
      take: async ({ clientId, nonce, signedAt, until }) => {
        const key = nonce === undefined ? undefined : hashedKey(nonce);
        return (await one(sql.TAKE, clientId, key, Math.floor(signedAt), Math.ceil(until)))['is_good'] === true;
      },
      end: async (clientId, at) => {
        await rows(sql.END, clientId, Math.ceil(at));
      },
    },
    forget: async () => {
      await rows(sql.FORGET);
    },
    tokens: async (tokens) =>
      new Map(
        (await rows(sql.SESSIONS, tokens)).map((row) => [
          text(row, 'token'),
          { holder: text(row, 'holder'), isDisplaced: row['displaced'] === true },
        ]),
      ),
  };
};
