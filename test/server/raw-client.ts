/**
 * A client at the level of the wire: it sends commands and receives commands, in order. It has no session, no retry,
 * and no timer except the time limit of a wait.
 */
import { either as E } from 'fp-ts';
import { onTestFinished } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import {
  decodeServerFrame,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type ServerCommand,
  type Subprotocol,
  type UnsupportedCommand,
} from 'rx-realtime/codecs';
import { createServer, type RtmServer, type ServerOptions } from 'rx-realtime/server';

/** The time limit for an expected frame, in ms. */
const BOUND = 15_000;

export type Received = ServerCommand | UnsupportedCommand;
type Of<C extends ServerCommand['cmd']> = Extract<ServerCommand, { cmd: C }>;
type Without<C> = C extends unknown ? Omit<C, 'i'> : never;
/** A command without its serial: the client adds the serial. */
type Request = Without<ClientCommand>;

export interface RawClient {
  readonly socket: WebSocket;
  /** The frames that have arrived and that no test has waited for yet. */
  readonly inbox: Received[];
  /** The kinds of the frames that have arrived. */
  readonly kinds: ReadonlySet<'binary' | 'text'>;
  /** Sends a command without a serial. */
  send(command: ClientCommand): void;
  /** Sends a command with the next serial and waits for the answer with it. */
  request(command: Request): Promise<Received>;
  /** The first push of this kind: one that is in the inbox, or the next that arrives. */
  push<C extends ServerCommand['cmd']>(cmd: C, matches?: (command: Of<C>) => boolean): Promise<Of<C>>;
  /** A round trip: after it, everything that the server wrote before is in the inbox. */
  settle(): Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

const within = <T>(promise: Promise<T>, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} did not come within ${BOUND} ms`));
    }, BOUND);
  });
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
};

const toFrame = (data: RawData, isBinary: boolean): Uint8Array | string => {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  return isBinary ? bytes : bytes.toString();
};

/** Opens a socket. It is closed at the end of the test. */
export const dial = async (url: string, subprotocol: Subprotocol = subprotocols.binary): Promise<RawClient> => {
  const socket = new WebSocket(url, subprotocol.name);
  const inbox: Received[] = [];
  const kinds = new Set<'binary' | 'text'>();
  let waiting: (() => void)[] = [];
  let serial = 0;
  onTestFinished(() => {
    socket.terminate();
  });

  socket.on('message', (data, isBinary) => {
    kinds.add(isBinary ? 'binary' : 'text');
    const decoded = decodeServerFrame(toFrame(data, isBinary));
    if (E.isLeft(decoded)) throw decoded.left;
    inbox.push(decoded.right);
    const awake = waiting;
    waiting = [];
    for (const wake of awake) wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  await within(
    new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    }),
    'the open socket',
  );
  socket.on('error', () => undefined);

  const take = async (matches: (command: Received) => boolean): Promise<Received> => {
    for (;;) {
      const index = inbox.findIndex(matches);
      const [found] = index < 0 ? [] : inbox.splice(index, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    }
  };

  const send = (command: ClientCommand): void => {
    socket.send(encodeFrame(command, subprotocol));
  };

  const client: RawClient = {
    socket,
    inbox,
    kinds,
    send,
    request: (command) => {
      const i = (serial += 1);
      send({ ...command, i });
      return within(
        take((answer) => answer.i === i),
        `the answer to ${command.cmd}`,
      );
    },
    push: (cmd, matches = () => true) =>
      within(
        take((command) => command.i === undefined && command.cmd === cmd && matches(command as Of<typeof cmd>)),
        `a ${cmd}`,
      ) as Promise<Of<typeof cmd>>,
    settle: async () => {
      await client.request({ cmd: 'echo' });
    },
    closed: within(closed, 'the close').catch((error: unknown) => {
      throw error;
    }),
  };
  // Most tests don't wait for the close.
  client.closed.catch(() => undefined);
  return client;
};

/** Starts a server for one test. */
export const serve = async (options?: ServerOptions): Promise<RtmServer> => {
  const server = await createServer(options);
  onTestFinished(() => server.close());
  return server;
};

type OpenFields = Extract<ClientCommand, { cmd: 'session'; op: 'open' }>['sessionMessage'];

/** Logs in on a new socket, or on the given one. The unread push stays in the inbox. */
export const open = (client: RawClient, peerId: string, fields: OpenFields = {}): Promise<Received> =>
  client.request({ cmd: 'session', op: 'open', appId: 'app', peerId, sessionMessage: fields });

/** A client that is logged in and has an empty inbox. */
export const login = async (
  { url }: Pick<RtmServer, 'url'>,
  peerId: string,
  fields?: OpenFields,
): Promise<RawClient> => {
  const client = await dial(url);
  await open(client, peerId, fields);
  await client.push('unread');
  return client;
};

/** The session's token. */
export const tokenOf = (opened: Received): string => {
  if (opened.cmd !== 'session' || opened.op !== 'opened' || opened.sessionMessage.st === undefined)
    throw new Error(`a token was expected, not ${JSON.stringify(opened)}`);
  return opened.sessionMessage.st;
};

type StartFields = Extract<ClientCommand, { cmd: 'conv'; op: 'start' }>['convMessage'];

/** Creates a conversation and returns its id. The notices of it to the creator don't stay in the inbox. */
export const start = async (
  client: RawClient,
  members: readonly string[],
  fields: StartFields = {},
): Promise<string> => {
  const started = await client.request({ cmd: 'conv', op: 'start', convMessage: { m: [...members], ...fields } });
  if (started.cmd !== 'conv' || started.op !== 'started')
    throw new Error(`a conversation was expected, not ${JSON.stringify(started)}`);
  const { cid } = started.convMessage;
  await client.settle();
  const { inbox } = client;
  const others = inbox.filter((push) => push.cmd !== 'conv' || push.op === 'results' || push.convMessage.cid !== cid);
  inbox.splice(0, inbox.length, ...others);
  return cid;
};

type SendFields = Omit<Extract<ClientCommand, { cmd: 'direct' }>['directMessage'], 'cid'>;

/** Sends a message and returns its id and time. */
export const say = async (
  client: RawClient,
  cid: string,
  fields: SendFields,
): Promise<{ readonly id: string; readonly timestamp: number }> => {
  const ack = await client.request({ cmd: 'direct', directMessage: { cid, ...fields } });
  if (ack.cmd !== 'ack' || ack.ackMessage.uid === undefined || ack.ackMessage.t === undefined)
    throw new Error(`an ack was expected, not ${JSON.stringify(ack)}`);
  return { id: ack.ackMessage.uid, timestamp: ack.ackMessage.t };
};

/** The answer to a message that is refused. */
export const refused = (code: number, more: object = {}): object => ({ cmd: 'ack', ackMessage: { code, ...more } });

/** The code of a refusal; undefined if the command was carried out. */
export const codeOf = (answer: Received): number | undefined => {
  if (answer.cmd === 'error') return answer.errorMessage.code;
  return answer.cmd === 'ack' ? answer.ackMessage.code : undefined;
};

type LogsFields = Omit<Extract<ClientCommand, { cmd: 'logs' }>['logsMessage'], 'cid'>;

/** The bodies of one page of history. */
export const page = async (
  client: RawClient,
  cid: string,
  fields: LogsFields = {},
): Promise<readonly (string | undefined)[]> => {
  const answer = await client.request({ cmd: 'logs', logsMessage: { cid, ...fields } });
  if (answer.cmd !== 'logs') throw new Error(`history was expected, not ${JSON.stringify(answer)}`);
  return (answer.logsMessage.logs ?? []).map(({ data }) => data);
};

/** A clock that the test sets by hand. */
export const settable = (
  start = 1_000_000,
): { now: () => number; elapsed: () => number; set: (time: number) => void } => {
  let time = start;
  return {
    now: () => time,
    elapsed: () => time,
    set: (next) => {
      time = next;
    },
  };
};

/** Queries conversations. */
export const find = async (
  client: RawClient,
  where: object,
  fields: object = {},
): Promise<readonly Record<string, unknown>[]> => {
  const answer = await client.request({
    cmd: 'conv',
    op: 'query',
    convMessage: { where: { data: JSON.stringify(where) }, ...fields },
  });
  if (answer.cmd !== 'conv' || answer.op !== 'results') throw new Error(JSON.stringify(answer));
  return JSON.parse(answer.convMessage.results.data) as Record<string, unknown>[];
};
