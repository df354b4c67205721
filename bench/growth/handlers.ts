/** The handlers of a server. */
import { SELF, WRITER } from './entries.js';
import { times, type Subject } from './subject.js';
import { FEW, SIZES, TEXT, client, each, withServer, type Heard } from './with-server.js';

const idOf = (heard: Heard): string => (heard.cmd === 'ack' ? (heard.ackMessage.uid ?? '') : '');

export const handlerSubjects: readonly Subject[] = [
  {
    name: 'server: N clients log in, get another token, ask who is online, and log out',
    covers: [
      'handler.session/open',
      'handler.session/refresh',
      'handler.session/query',
      'handler.session/close',
      'handler.login',
      'handler.report/upload',
    ],
    isSlow: true,
    sizes: SIZES,
    prepare: withServer(({ peer }, size) =>
      each(size, async (number) => {
        const id = client(number);
        const opened = await peer.open(id);
        const st = opened.cmd === 'session' && 'sessionMessage' in opened ? opened.sessionMessage : undefined;
        const token = st !== undefined && 'st' in st ? st.st : '';
        await peer.ask(id, { cmd: 'session', op: 'refresh', sessionMessage: { st: token } });
        await peer.ask(id, { cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: [SELF, id] } });
        await peer.ask(id, { cmd: 'login', service: 1 });
        await peer.ask(id, { cmd: 'report', op: 'upload' });
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
      'handler.conv/members',
      'handler.conv/is_member',
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
        const cid = made.cmd === 'conv' && made.op === 'started' ? made.convMessage.cid : '';
        const where = { data: JSON.stringify({ m: SELF }) };
        await peer.ask(SELF, { cmd: 'conv', op: 'query', convMessage: { where, sort: '-lm', limit: 20 } });
        await peer.ask(SELF, { cmd: 'conv', op: 'count', convMessage: { cid } });
        await peer.ask(SELF, { cmd: 'conv', op: 'members', convMessage: { cid } });
        await peer.ask(SELF, { cmd: 'conv', op: 'is_member', convMessage: { cids: [cid] } });
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
      'handler.conv/check_shutup',
      'handler.blacklist/block',
      'handler.blacklist/unblock',
      'handler.blacklist/query',
      'handler.blacklist/check_block',
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
          await peer.ask(SELF, { cmd: 'conv', op: 'check_shutup', convMessage: { cid, m: [client(number)] } });
          await peer.ask(SELF, {
            cmd: 'blacklist',
            op: 'check_block',
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
];
