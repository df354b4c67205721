/** Servers whose cost is measured together with a client that costs next to nothing. */
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
import { SELF } from './entries.js';
import { times, type Work } from './subject.js';

export type Heard = ServerCommand | UnsupportedCommand;
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
export const withServer =
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
export const each = (size: number, call: (number: number) => Promise<unknown>) => async (): Promise<void> => {
  for (const number of times(size)) await call(number);
};

export const client = (number: number): string => `client-${String(number)}`;
export const TEXT = '{"_lctype":-1,"_lctext":"hello"}';

/** Items that each take several commands. */
export const SIZES = [50, 500, 5_000];
/** Members of an ordinary conversation, and clients on a list. */
export const FEW = [50, 450];
