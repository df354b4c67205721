/** One client's socket: its frames in order, its bounds, its sessions. */
import { either as E } from 'fp-ts';
import type { RawData, WebSocket } from 'ws';
import {
  decodeClientFrame,
  encodeFrame,
  type ClientCommand,
  type ServerCommand,
  type Subprotocol,
  type UnsupportedCommand,
} from '../codecs/index.js';
import type { App } from './app.js';
import { handle } from './handlers/index.js';
import type { Context, Origin } from './handlers/handler.js';
import { Refusal, reasonOf, type RefusalCode } from './refusal.js';
import type { Session } from './session.js';

const READ_TIMEOUT = 4107;
const LOGIN_TIMEOUT = 4108;
const FRAME_TOO_LONG = 4109;
const TRY_AGAIN_LATER = 1013;

/** The serial and the client of a command; no undefined keys, since the wire knows presence only. */
const addressee = ({ i, peerId }: { readonly i?: number; readonly peerId?: string }): { i?: number; peerId?: string } => ({
  ...(i === undefined ? {} : { i }),
  ...(peerId === undefined ? {} : { peerId }),
});

const errorAnswer = (error: unknown): ServerCommand => {
  const code: RefusalCode = error instanceof Refusal ? error.code : 4200;
  const detail = error instanceof Refusal ? error.detail : 'the server could not carry the command out; try again';
  return { cmd: 'error', errorMessage: { code, reason: reasonOf(code), detail } };
};

export interface SocketOptions {
  readonly app: App;
  readonly socket: WebSocket;
  readonly subprotocol: Subprotocol;
  /** Hears of errors that are the server's own fault. */
  readonly report: (error: unknown) => void;
}

/** What the server can do with a socket from outside. */
export interface ClientSocket {
  readonly sessions: ReadonlyMap<string, Session>;
  write(command: ServerCommand): void;
  close(code: number, reason: string): void;
}

/** Serves a socket until it closes. */
export const serveSocket = ({ app, socket, subprotocol, report }: SocketOptions): ClientSocket => {
  const { limits } = app;
  const sessions = new Map<string, Session>();
  let tail = Promise.resolve();
  let queued = 0;

  const close = (code: number, reason: string): void => {
    socket.close(code, reason);
  };

  const write = (command: ServerCommand): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > limits.bufferedBytes) close(TRY_AGAIN_LATER, 'this connection reads too slowly');
    else socket.send(encodeFrame(command, subprotocol));
  };

  const origin: Origin = { sessions, write };

  const contextOf = ({ peerId }: ClientCommand): Context => ({
    app,
    origin,
    session: () => {
      const session = peerId === undefined ? sessions.values().next().value : sessions.get(peerId);
      if (session === undefined) throw new Refusal(4105, 'log in first');
      return session;
    },
  });

  const answerTo = async (command: ClientCommand | UnsupportedCommand): Promise<void> => {
    try {
      // Not 4105 or 4114: the command is readable and the client may be logged in, this server just does not serve it.
      if (command.cmd === 'unsupported') throw new Refusal(4200, `this server does not serve ${command.kind}`);
      const { answer, afterwards } = await handle(contextOf(command), command);
      if (answer !== undefined) write({ ...answer, ...addressee({ ...command, ...addressee(answer) }) });
      afterwards?.();
    } catch (error) {
      if (!(error instanceof Refusal)) report(error);
      // Without a serial nobody waits for an answer.
      if (command.i !== undefined) write({ ...errorAnswer(error), ...addressee(command) });
    }
  };

  /** Commands of one socket are handled one after the other; a client that sends faster than that is not read from. */
  const enqueue = (command: ClientCommand | UnsupportedCommand): void => {
    queued += 1;
    if (queued >= limits.queuedCommands) socket.pause();
    tail = tail
      .then(() => answerTo(command))
      .finally(() => {
        queued -= 1;
        if (queued < limits.queuedCommands / 2 && socket.isPaused) socket.resume();
      });
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    if (bytes.length > limits.frameBytes) {
      close(FRAME_TOO_LONG, `a frame has at most ${limits.frameBytes} bytes`);
      return;
    }
    const decoded = decodeClientFrame(isBinary ? bytes : bytes.toString());
    if (E.isRight(decoded)) enqueue(decoded.right);
    else write({ cmd: 'error', errorMessage: { code: 4114, reason: reasonOf(4114), detail: decoded.left.message } });
  };

  const silence = setTimeout(() => {
    close(READ_TIMEOUT, 'nothing was heard for too long');
  }, limits.silenceTimeout);
  const stranger = setTimeout(() => {
    if (sessions.size === 0) close(LOGIN_TIMEOUT, 'nobody has logged in');
  }, limits.loginTimeout);
  const heard = (): void => {
    silence.refresh();
  };

  socket.on('message', (data, isBinary) => {
    heard();
    receive(data, isBinary);
  });
  socket.on('ping', heard);
  socket.on('pong', heard);
  // A broken frame, or one beyond what `ws` reads at all: the close that follows tells.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearTimeout(silence);
    clearTimeout(stranger);
    for (const session of sessions.values()) session.end();
    sessions.clear();
  });

  return { sessions, write, close };
};
