/** A client whose server is in the same process, and does next to nothing: what is measured is the client. */
import { firstValueFrom } from 'rxjs';
import { createRealtime, type Client, type Realtime, type RealtimeOptions } from 'rx-realtime';
import {
  decodeClientFrame,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type Frame,
  type ServerCommand,
} from 'rx-realtime/codecs';
import { SELF, WRITER, at, message } from './entries.js';
import { times } from './subject.js';

/** What the server has. */
export interface Stored {
  /** Messages in each conversation. */
  readonly history?: number;
  /** Conversations of the client. */
  readonly conversations?: readonly string[];
  readonly members?: readonly string[];
}

const OPEN = 1;
const TEXT = JSON.stringify({ _lctype: -1, _lctext: 'hello' });

const conversation = (id: string, number: number, members: readonly string[]): object => ({
  objectId: id,
  m: members,
  createdAt: new Date(at(number)).toISOString(),
  updatedAt: new Date(at(number)).toISOString(),
});

type Logs = Extract<ClientCommand, { cmd: 'logs' }>;

/** A page of messages with the numbers from 1 on; their times have the same order. */
const pageOf = (history: number, { logsMessage }: Logs): ServerCommand => {
  const { cid, l = 20, direction = 1, t, tIncluded = false, tt, ttIncluded = false } = logsMessage;
  const [from, to] = direction === 1 ? [tt, t] : [t, tt];
  const [fromIncluded, toIncluded] = direction === 1 ? [ttIncluded, tIncluded] : [tIncluded, ttIncluded];
  const first = from === undefined ? 1 : Math.max(1, from - at(0) + (fromIncluded ? 0 : 1));
  const last = to === undefined || to === 0 ? history : Math.min(history, to - at(0) - (toIncluded ? 0 : 1));
  const count = Math.max(0, Math.min(l, last - first + 1));
  const start = direction === 1 ? last - count + 1 : first;
  return {
    cmd: 'logs',
    logsMessage: {
      cid,
      logs: times(count).map((index) => ({
        msgId: message(start + index).id,
        timestamp: at(start + index),
        from: WRITER,
        data: TEXT,
      })),
    },
  };
};

const resultsOf = (
  { conversations = [], members = [SELF, WRITER] }: Stored,
  { where, skip = 0, limit = 10 }: Extract<ClientCommand, { cmd: 'conv'; op: 'query' }>['convMessage'],
): ServerCommand => {
  const wanted = JSON.parse(where?.data ?? '{}') as {
    readonly objectId?: string | { readonly $in: readonly string[] };
  };
  const ids =
    wanted.objectId === undefined
      ? conversations.slice(skip, skip + limit)
      : typeof wanted.objectId === 'string'
        ? [wanted.objectId]
        : wanted.objectId.$in;
  return {
    cmd: 'conv',
    op: 'results',
    convMessage: { results: { data: JSON.stringify(ids.map((id, index) => conversation(id, index, members))) } },
  };
};

/** The answer to a command; undefined if it has none. */
const answerTo = (command: ClientCommand, stored: Stored, count: number): ServerCommand | undefined => {
  switch (command.cmd) {
    case 'direct':
      return {
        cmd: 'ack',
        ackMessage: { uid: `sent-${String(count)}`, t: at(1_000_000 + count), cid: command.directMessage.cid },
      };
    case 'logs':
      return pageOf(stored.history ?? 0, command);
    case 'patch':
      return { cmd: 'patch', op: 'modified', patchMessage: { lastPatchTime: at(2_000_000 + count) } };
    case 'session':
      if (command.op === 'open')
        return { cmd: 'session', op: 'opened', serverTs: at(0), sessionMessage: { st: 'token', stTtl: 100_000 } };
      if (command.op === 'query')
        return {
          cmd: 'session',
          op: 'query_result',
          sessionMessage: { onlineSessionPeerIds: [...(command.sessionMessage.sessionPeerIds ?? [])] },
        };
      return { cmd: 'session', op: 'closed' };
    case 'conv':
      switch (command.op) {
        case 'query':
          return resultsOf(stored, command.convMessage);
        case 'count':
          return { cmd: 'conv', op: 'result', convMessage: { count: 7 } };
        case 'max_read':
          return {
            cmd: 'conv',
            op: 'max_read',
            convMessage: {
              maxReadTuples: (stored.members ?? []).map((pid) => ({
                pid,
                maxAckTimestamp: at(1),
                maxReadTimestamp: at(1),
              })),
            },
          };
        case 'add':
          return { cmd: 'conv', op: 'added', convMessage: { allowedPids: [...(command.convMessage.m ?? [])] } };
        case 'remove':
          return { cmd: 'conv', op: 'removed', convMessage: { allowedPids: [...(command.convMessage.m ?? [])] } };
        case 'update':
        case 'mute':
        case 'unmute':
          return { cmd: 'conv', op: 'updated', convMessage: { udate: new Date(at(count)).toISOString() } };
        default:
          return undefined;
      }
    default:
      return undefined;
  }
};

export interface Wired {
  readonly realtime: Realtime;
  readonly client: Client;
  /** Pushes commands, a hundred in each turn of the event loop. */
  readonly push: (commands: readonly ServerCommand[]) => Promise<void>;
  /** Breaks the connection. */
  readonly cut: () => void;
  readonly end: () => void;
}

type Handler = ((this: never, event: never) => unknown) | null;
const call = (handler: Handler, event: object): void => {
  (handler as ((event: object) => unknown) | null)?.(event);
};

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Logs a client in. */
export const wired = async (stored: Stored = {}, options: Partial<RealtimeOptions> = {}): Promise<Wired> => {
  let hear: (frame: Uint8Array | string) => void = () => undefined;
  let close = (): void => undefined;
  let count = 0;

  class Wire {
    binaryType = '';
    readyState = 0;
    onopen: Handler = null;
    onmessage: Handler = null;
    onerror: Handler = null;
    onclose: Handler = null;
    /** Answers that wait for the end of the turn. */
    private waiting: (Uint8Array | string)[] = [];

    constructor() {
      setImmediate(() => {
        this.readyState = OPEN;
        hear = (data) => {
          call(this.onmessage, { data });
        };
        close = () => {
          this.readyState = 3;
          call(this.onclose, { code: 1006, reason: '' });
        };
        call(this.onopen, {});
      });
    }
    send(data: Frame): void {
      const decoded = decodeClientFrame(data);
      if (decoded._tag === 'Left' || !('cmd' in decoded.right)) return;
      const command = decoded.right as ClientCommand;
      count += 1;
      const answer = answerTo(command, stored, count);
      if (answer === undefined) return;
      if (this.waiting.length === 0)
        setImmediate(() => {
          const frames = this.waiting;
          this.waiting = [];
          for (const frame of frames) call(this.onmessage, { data: frame });
        });
      const { i, peerId } = command as { readonly i?: number; readonly peerId?: string };
      this.waiting.push(
        encodeFrame(
          {
            ...answer,
            ...(i === undefined ? {} : { i }),
            ...(peerId === undefined ? {} : { peerId }),
          },
          subprotocols.binary,
        ),
      );
    }
    close(): void {
      close();
    }
  }

  const realtime = createRealtime({ appId: 'growth', server: 'ws://here', webSocket: Wire, ...options });
  const client = await firstValueFrom(realtime.login(SELF));
  return {
    realtime,
    client,
    push: async (commands) => {
      for (const [index, command] of commands.entries()) {
        hear(encodeFrame({ ...command, peerId: SELF }, subprotocols.binary));
        if (index % 100 === 99) await turn();
      }
      await turn();
    },
    cut: () => {
      close();
    },
    end: () => {
      realtime.close();
    },
  };
};

/** A pushed message. */
export const pushed = (number: number, cid: string, from = WRITER): ServerCommand => ({
  cmd: 'direct',
  directMessage: { msg: TEXT, cid, id: message(number).id, fromPeerId: from, timestamp: at(number) },
});
