/** One client's socket: its frames in order, its bounds, its sessions. */
import type { Duplex } from 'node:stream';
import { either as E } from 'fp-ts';
import type { RawData, WebSocket } from 'ws';
import { defined } from '../codecs/defined.js';
import {
  decodeClientFrame,
  encodeFrame,
  type ClientCommand,
  type DecodeFailed,
  type ServerCommand,
  type Subprotocol,
  type UnsupportedCommand,
} from '../codecs/index.js';
import { addresseeOf, addresseeOfFrame } from './addressee.js';
import type { App } from './app.js';
import { handle } from './handlers/index.js';
import type { Context, Origin } from './handlers/handler.js';
import { costOf, rateKindOf } from './rates.js';
import { outgoingFrames, type OutgoingFrames } from './outgoing.js';
import { Refusal, refusalAnswer } from './domain/refusal.js';
import type { Session, WritePush } from './session.js';

const READ_TIMEOUT = 4107;
const LOGIN_TIMEOUT = 4108;
const FRAME_TOO_LONG = 4109;
const TRY_AGAIN_LATER = 1013;
/** What a socket ends with that nobody has closed. */
const BROKEN = 1006;

const TOO_MANY_SENDS = 4116;
const TOO_MANY_OTHERS = 4318;
/**
 * How long the next command of who sends too many has to wait, ms: saying no as fast as somebody asks would cost
 * others their time.
 */
const OVER_RATE_PAUSE = 20;

/** How long frames of one socket are handled before others have their turn, ms. */
const TURN = 1;

/** What the application is told of a connection that breaks. */
const CONNECTION_BROKEN = 2;

/** The longest time that a timer can run, ms: a longer one would fire at once. */
const MAX_TIMER = 2 ** 31 - 1;

const errorAnswer = (error: unknown): ServerCommand =>
  refusalAnswer(
    error instanceof Refusal ? error : new Refusal(4200, 'the server could not carry the command out; try again'),
  );

const timer = (ms: number, then: () => void): NodeJS.Timeout => setTimeout(then, Math.min(ms, MAX_TIMER));

export interface SocketOptions {
  readonly app: App;
  readonly socket: WebSocket;
  /** What is below it. */
  readonly transport: Duplex;
  readonly subprotocol: Subprotocol;
}

/** What the server can do with a socket from outside. */
export interface ClientSocket {
  readonly sessions: ReadonlyMap<string, Session>;
  /** Frames that wait for its reader, and those that have given way. */
  readonly pressure: OutgoingFrames['pressure'];
  /** Resolves when everything that was taken has been carried out. */
  readonly settled: () => Promise<void>;
  /** Asks the client to reconnect elsewhere. */
  readonly goAway: () => void;
  /** Takes no more frames, carries out and answers those that were taken, then closes. */
  readonly finish: (code: number, reason: string) => Promise<void>;
}

/** Serves a socket until it closes. */
export const serveSocket = ({ app, socket, transport, subprotocol }: SocketOptions): ClientSocket => {
  const { limits } = app;
  const sessions = new Map<string, Session>();
  let tail = Promise.resolve();
  let queued = 0;
  /** When others have their turn, by the monotonic clock. */
  let turnEnds = 0;
  /** The last command was refused since there were too many. */
  let isOverItsRate = false;
  let isDeaf = false;
  /** It was asked to go elsewhere: a close by the client is no break then. */
  let isSentAway = false;

  /** Off the bus at once; commands that were taken before are still carried out in their sessions. */
  const leaveBus = (): void => {
    for (const session of sessions.values()) session.leave();
  };

  /** Who may no longer speak in the conversation leaves nothing there; that is nobody's fault. */
  const reportFault = (error: unknown): void => {
    if (!(error instanceof Refusal)) app.report(error);
  };

  /** What clients have left for this moment; once, and after what they had sent before. */
  const sendWills = (): void => {
    for (const session of sessions.values()) void session.takeWill()?.().catch(reportFault);
  };

  /** For a while, who comes back finds himself in the chat room that he was in. */
  const noteBreak = ({ id: holder, clientId, login: { token, tag }, room }: Session): void => {
    const id = room();
    if (id !== undefined) void app.store.rememberRoom(token, holder, { id, leftAt: app.clock.now() }).catch(app.report);
    app.hooks.clientOffline({ peerId: clientId, ...defined({ tag }), closeCode: CONNECTION_BROKEN });
  };

  const close = (code: number, reason: string): void => {
    isDeaf = true;
    leaveBus();
    socket.close(code, reason);
    // Who has fallen silent may never answer the close.
    void tail.then(sendWills);
  };

  const frames = outgoingFrames({
    socket,
    transport,
    subprotocol,
    limits,
    turns: app.turns,
    tooSlow: () => {
      close(TRY_AGAIN_LATER, 'this connection reads too slowly');
    },
  });

  const write = (command: ServerCommand): void => {
    frames.write(encodeFrame(command, subprotocol));
  };

  const writePush: WritePush = (push, clientId, priority) => {
    const shared = app.frames(push);
    if (priority === undefined) frames.write(shared.to(clientId, subprotocol));
    else frames.offer({ shared, clientId }, priority);
  };

  const origin: Origin = { sessions, writePush, missed: frames.missed, version: subprotocol.version };

  const sessionOf = ({ peerId }: ClientCommand): Session | undefined =>
    peerId === undefined ? sessions.values().next().value : sessions.get(peerId);

  const spend = (command: ClientCommand): void => {
    const [kind, session] = [rateKindOf(command), sessionOf(command)];
    if (kind !== undefined && session !== undefined) app.rates.spend(kind, session.clientId, costOf(command));
  };

  const contextOf = (command: ClientCommand): Context => ({
    app,
    origin,
    session: () => {
      const session = sessionOf(command);
      if (session === undefined) throw new Refusal(4105, 'log in first');
      return session;
    },
  });

  const answerTo = async (command: ClientCommand): Promise<void> => {
    try {
      spend(command);
      const { answer, afterwards } = await handle(contextOf(command), command);
      if (answer !== undefined) write({ ...answer, ...addresseeOf({ ...command, ...addresseeOf(answer) }) });
      afterwards?.();
    } catch (error) {
      if (!(error instanceof Refusal)) app.report(error);
      else isOverItsRate = error.code === TOO_MANY_SENDS || error.code === TOO_MANY_OTHERS;
      // Acknowledgements and read marks have no serial: nobody waits, and an error without one would be taken for the
      // connection's.
      if (command.i !== undefined) write({ ...errorAnswer(error), ...addresseeOf(command) });
    }
  };

  /**
   * The table has no code for it. Not 4105 or 4114: the command is readable and the client may be logged in, this
   * server just does not serve it.
   */
  const refuse = (command: UnsupportedCommand): void => {
    write({ ...errorAnswer(new Refusal(4200, `this server does not serve ${command.kind}`)), ...addresseeOf(command) });
  };

  /** 4114, "unparseable raw message": protobuf, or a field of a command, is not as the protocol has it. */
  const explain = ({ message }: DecodeFailed, bytes: Buffer, isBinary: boolean): void => {
    write({ ...errorAnswer(new Refusal(4114, message)), ...addresseeOfFrame(bytes, isBinary) });
  };

  const jobFor = (bytes: Buffer, isBinary: boolean): (() => Promise<void> | void) => {
    const decoded = decodeClientFrame(isBinary ? bytes : bytes.toString());
    if (E.isLeft(decoded)) {
      return () => {
        explain(decoded.left, bytes, isBinary);
      };
    }
    const command = decoded.right;
    return command.cmd === 'unsupported'
      ? () => {
          refuse(command);
        }
      : () => answerTo(command);
  };

  /** Without it, what one socket has sent at once would be handled before anything of others is even read. */
  const takeTurn = (): Promise<void> | void => {
    if (isOverItsRate) {
      isOverItsRate = false;
      return new Promise((resolve) => setTimeout(resolve, OVER_RATE_PAUSE));
    }
    const now = performance.now();
    if (queued === 1) turnEnds = now + TURN;
    if (now < turnEnds) return;
    return new Promise((resolve) => {
      setImmediate(() => {
        turnEnds = performance.now() + TURN;
        resolve();
      });
    });
  };

  /** Frames of one socket are handled one after the other; a client that sends faster than that is not read from. */
  const enqueue = (job: () => Promise<void> | void): void => {
    queued += 1;
    if (queued >= limits.queuedCommands) socket.pause();
    tail = tail
      .then(takeTurn)
      .then(job)
      .catch(app.report)
      .finally(() => {
        queued -= 1;
        if (queued < limits.queuedCommands / 2 && socket.isPaused) socket.resume();
      });
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    if (bytes.length > limits.frameBytes) close(FRAME_TOO_LONG, `a frame has at most ${limits.frameBytes} bytes`);
    else enqueue(() => jobFor(bytes, isBinary)());
  };

  const silence = timer(limits.silenceTimeout, () => {
    close(READ_TIMEOUT, 'nothing was heard for too long');
  });
  const stranger = timer(limits.loginTimeout, () => {
    if (sessions.size === 0) close(LOGIN_TIMEOUT, 'nobody has logged in');
  });
  const heard = (): void => {
    silence.refresh();
  };

  socket.on('message', (data, isBinary) => {
    heard();
    if (!isDeaf) receive(data, isBinary);
  });
  socket.on('ping', heard);
  socket.on('pong', heard);
  // A broken frame, or one beyond what `ws` reads at all: the close that follows tells.
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    clearTimeout(silence);
    clearTimeout(stranger);
    leaveBus();
    // A login may have been on its way.
    void tail.then(() => {
      leaveBus();
      if (!isSentAway || code === BROKEN) sendWills();
      for (const session of sessions.values()) noteBreak(session);
      sessions.clear();
    });
  });

  return {
    sessions,
    pressure: frames.pressure,
    settled: () => tail,
    goAway: () => {
      isSentAway = true;
      write({ cmd: 'goaway' });
    },
    finish: async (code, reason) => {
      isDeaf = true;
      await tail;
      // It is the server that goes, not the client.
      for (const session of sessions.values()) session.takeWill();
      close(code, reason);
    },
  };
};
