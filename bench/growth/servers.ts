/** The handlers of a server, and its back end. */
import {
  decodeServerFrame,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type ServerCommand,
  type UnsupportedCommand,
} from 'rx-realtime/codecs';
import { createServer, type BackEnd } from 'rx-realtime/server';
import { openWire } from '../server-wire.js';
import { SELF, WRITER } from './entries.js';
import { times, type Subject, type Work } from './subject.js';

type Heard = ServerCommand | UnsupportedCommand;
type Without<C> = C extends unknown ? Omit<C, 'i' | 'peerId'> : never;

/** A connection with one client or more. */
interface Peer {
  /** Sends a command for a client. Resolves with its answer. */
  readonly ask: (clientId: string, command: Without<ClientCommand>) => Promise<Heard>;
  /** Sends a command that has no answer. */
  readonly tell: (clientId: string, command: Without<ClientCommand>) => void;
  readonly open: (clientId: string) => Promise<Heard>;
  readonly close: () => void;
}

const connect = async (url: string): Promise<Peer> => {
  const wire = await openWire(url, '/', subprotocols.binary.name);
  const asked = new Map<number, (answer: Heard) => void>();
  let serial = 0;
  wire.onFrame = (payload) => {
    const heard = decodeServerFrame(payload);
    if (heard._tag === 'Left') throw heard.left;
    const { i } = heard.right;
    if (i === undefined) return;
    asked.get(i)?.(heard.right);
    asked.delete(i);
  };
  const send = (command: object): void => {
    wire.send(Buffer.from(encodeFrame(command as ClientCommand, subprotocols.binary) as Uint8Array));
  };
  const ask: Peer['ask'] = (clientId, command) =>
    new Promise((resolve, reject) => {
      serial += 1;
      asked.set(serial, (answer) => {
        if (answer.cmd === 'error') reject(new Error(`${command.cmd}: ${JSON.stringify(answer)}`));
        else resolve(answer);
      });
      send({ ...command, peerId: clientId, i: serial });
    });
  return {
    ask,
    tell: (clientId, command) => {
      send({ ...command, peerId: clientId });
    },
    open: (clientId) => ask(clientId, { cmd: 'session', op: 'open', appId: 'growth', sessionMessage: {} }),
    close: wire.close,
  };
};

interface World {
  readonly backEnd: BackEnd;
  /** The client `SELF` is logged in. */
  readonly peer: Peer;
}

/** Work with a server of its own, for a client that is logged in. */
const withServer =
  (prepare: (world: World, size: number) => (() => Promise<unknown>) | Promise<() => Promise<unknown>>) =>
  async (size: number): Promise<Work> => {
    const server = await createServer();
    const peer = await connect(server.url);
    await peer.open(SELF);
    return {
      run: await prepare({ backEnd: server.backEnd, peer }, size),
      end: () => {
        peer.close();
        return server.close();
      },
    };
  };

/** Does something for each of N, one after the other. */
const each = (size: number, call: (number: number) => Promise<unknown>) => async (): Promise<void> => {
  for (const number of times(size)) await call(number);
};

const client = (number: number): string => `client-${String(number)}`;
const TEXT = '{"_lctype":-1,"_lctext":"hello"}';
const idOf = (heard: Heard): string => (heard.cmd === 'ack' ? (heard.ackMessage.uid ?? '') : '');

/** Items that each take several commands. */
const SIZES = [50, 500, 5_000];
/** Members of an ordinary conversation, and clients on a list. */
const FEW = [50, 450];

export const serverSubjects: readonly Subject[] = [
  {
    name: 'server: N clients log in, get another token, ask who is online, and log out',
    covers: ['handler.session/open', 'handler.session/refresh', 'handler.session/query', 'handler.session/close'],
    isSlow: true,
    sizes: SIZES,
    prepare: withServer(({ peer }, size) =>
      each(size, async (number) => {
        const id = client(number);
        const opened = await peer.open(id);
        const st = opened.cmd === 'session' && 'sessionMessage' in opened ? opened.sessionMessage : undefined;
        const token = st !== undefined && 'st' in st ? String(st.st) : '';
        await peer.ask(id, { cmd: 'session', op: 'refresh', sessionMessage: { st: token } });
        await peer.ask(id, { cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [SELF, id] } });
        await peer.ask(id, { cmd: 'session', op: 'close' });
      }),
    ),
  },
  {
    name: 'server: N messages are sent, acknowledged and read, then fetched page by page',
    covers: ['handler.direct', 'handler.ack', 'handler.read', 'handler.logs', 'handler.conv/max_read', 'handler.echo'],
    isSlow: true,
    sizes: SIZES,
    prepare: withServer(async ({ backEnd, peer }, size) => {
      const { id: cid } = await backEnd.create({ members: [SELF, WRITER] });
      await peer.open(WRITER);
      return async () => {
        for (const number of times(size)) {
          const sent = await peer.ask(WRITER, {
            cmd: 'direct',
            directMessage: { cid, msg: TEXT, dt: `token-${String(number)}`, r: true },
          });
          peer.tell(SELF, { cmd: 'ack', ackMessage: { cid, mid: idOf(sent) } });
          peer.tell(SELF, { cmd: 'read', readMessage: { cid } });
          await peer.ask(WRITER, { cmd: 'conv', op: 'max_read', convMessage: { cid } });
          await peer.ask(SELF, { cmd: 'echo' });
        }
        let t: number | undefined;
        for (let left = size; left > 0; left -= 50) {
          const page = await peer.ask(SELF, {
            cmd: 'logs',
            logsMessage: { cid, l: 50, ...(t === undefined ? {} : { t, tIncluded: false }) },
          });
          t = page.cmd === 'logs' ? page.logsMessage.logs?.at(0)?.timestamp : undefined;
        }
      };
    }),
  },
  {
    name: 'server: N messages are edited one by one',
    covers: ['handler.patch/modify'],
    isSlow: true,
    sizes: SIZES,
    prepare: withServer(async ({ backEnd, peer }, size) => {
      const { id: cid } = await backEnd.create({ members: [SELF, WRITER] });
      const ids: string[] = [];
      for (let number = 0; number < size; number += 1)
        ids.push((await backEnd.send(cid, { from: SELF, body: TEXT })).id);
      return each(size, (number) =>
        peer.ask(SELF, {
          cmd: 'patch',
          op: 'modify',
          patchMessage: { patches: [{ cid, mid: ids[number] ?? '', data: '{"_lctype":-1,"_lctext":"edited"}' }] },
        }),
      );
    }),
  },
  {
    name: 'server: N conversations are created, found, counted, renamed and muted',
    covers: [
      'handler.conv/start',
      'handler.conv/query',
      'handler.conv/count',
      'handler.conv/update',
      'handler.conv/mute',
      'handler.conv/unmute',
    ],
    isSlow: true,
    sizes: [50, 500, 4_000],
    prepare: withServer(({ peer }, size) =>
      each(size, async (number) => {
        const made = await peer.ask(SELF, {
          cmd: 'conv',
          op: 'start',
          convMessage: { m: [client(number)], unique: number % 2 === 0 },
        });
        const cid = made.cmd === 'conv' && made.op === 'started' ? (made.convMessage.cid ?? '') : '';
        const where = { data: JSON.stringify({ m: SELF }) };
        await peer.ask(SELF, { cmd: 'conv', op: 'query', convMessage: { where, sort: '-lm', limit: 20 } });
        await peer.ask(SELF, { cmd: 'conv', op: 'count', convMessage: { cid } });
        await peer.ask(SELF, { cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: '{"name":"name"}' } } });
        await peer.ask(SELF, { cmd: 'conv', op: 'mute', convMessage: { cid } });
        await peer.ask(SELF, { cmd: 'conv', op: 'unmute', convMessage: { cid } });
      }),
    ),
  },
  {
    name: 'server: N members join, get a role, and are removed',
    covers: ['handler.conv/add', 'handler.conv/remove', 'handler.conv/member_info_update'],
    isSlow: true,
    sizes: FEW,
    prepare: withServer(async ({ backEnd, peer }, size) => {
      const { id: cid } = await backEnd.create({ members: [SELF, WRITER], creator: SELF });
      return async () => {
        for (const number of times(size)) {
          const pid = client(number);
          await peer.ask(SELF, { cmd: 'conv', op: 'add', convMessage: { cid, m: [pid] } });
          await peer.ask(SELF, {
            cmd: 'conv',
            op: 'member_info_update',
            convMessage: { cid, info: { pid, role: 'Manager' } },
          });
        }
        for (const number of times(size))
          await peer.ask(SELF, { cmd: 'conv', op: 'remove', convMessage: { cid, m: [client(number)] } });
      };
    }),
  },
  {
    name: 'server: N clients are silenced and blocked, listed page by page, and taken off the lists',
    covers: [
      'handler.conv/add_shutup',
      'handler.conv/remove_shutup',
      'handler.conv/query_shutup',
      'handler.blacklist/block',
      'handler.blacklist/unblock',
      'handler.blacklist/query',
    ],
    isSlow: true,
    sizes: FEW,
    prepare: withServer(async ({ backEnd, peer }, size) => {
      const { id: cid } = await backEnd.create({ members: [SELF, WRITER], creator: SELF });
      return async () => {
        for (const number of times(size)) {
          await peer.ask(SELF, { cmd: 'conv', op: 'add_shutup', convMessage: { cid, m: [client(number)] } });
          await peer.ask(SELF, {
            cmd: 'blacklist',
            op: 'block',
            blacklistMessage: { srcCid: cid, toPids: [client(number)] },
          });
        }
        for (let left = size; left > 0; left -= 50) {
          await peer.ask(SELF, { cmd: 'conv', op: 'query_shutup', convMessage: { cid, limit: 50 } });
          await peer.ask(SELF, { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid, limit: 50 } });
        }
        for (const number of times(size)) {
          await peer.ask(SELF, { cmd: 'conv', op: 'remove_shutup', convMessage: { cid, m: [client(number)] } });
          await peer.ask(SELF, {
            cmd: 'blacklist',
            op: 'unblock',
            blacklistMessage: { srcCid: cid, toPids: [client(number)] },
          });
        }
      };
    }),
  },
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
