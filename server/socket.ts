/** Serves one client's socket: handles its frames in order, enforces its limits, keeps its sessions. */
import type { Duplex } from 'node:stream';
import { either as E } from 'fp-ts';
import type { RawData, WebSocket } from 'ws';
import { defined } from '../codecs/defined.js';
import {
  decodeClientFrame,
  type ClientCommand,
  type DecodeFailed,
  type ServerCommand,
  type Subprotocol,
  type UnsupportedCommand,
} from '../codecs/index.js';
import { addresseeOf, addresseeOfFrame } from './addressee.js';
import type { App } from './app.js';
import { createCommandQueue, type Job } from './command-queue.js';
import { kindOf } from './handlers/bounds.js';
import { handle, isPlacedAtOnce, isRead } from './handlers/index.js';
import type { Context, Origin } from './handlers/handler.js';
import { costOf, rateKindOf } from './rates.js';
import { outgoingFrames, type OutgoingFrames } from './outgoing.js';
import { Refusal } from './domain/refusal.js';
import { GOING_AWAY } from './returns.js';
import { INTERNAL, errorAnswer } from './error-answer.js';
import { isHeartbeat } from './heartbeat.js';
import { timerTime } from './http/timer.js';
import type { Waiting as Heavy } from './heaviest.js';
import type { OutgoingPush, Session, WritePush } from './session.js';
import { OutcomeUnknown } from './unsettled.js';
import { wireFrame } from './wire-frame.js';

const READ_TIMEOUT = 4107;
const LOGIN_TIMEOUT = 4108;
const FRAME_TOO_LONG = 4109;
const TRY_AGAIN_LATER = 1013;
const SERVER_ERROR = 1011;
/** The close code of a connection that broke. */
const BROKEN = 1006;

const UNREADABLE = 4114;
const TOO_MANY_SENDS = 4116;
const TOO_MANY_OTHERS = 4318;
/** Pushes that wait for the answer of a command, at most. */
const MOST_HELD = 1_000;

/** The code that the application gets for a connection that broke. */
const LINE_BROKEN = 2;

/** A heartbeat is answered after this time, whatever it has to wait for, ms. */
const HEARTBEAT_WAIT = 1_000;

const timer = (ms: number, then: () => void): NodeJS.Timeout => setTimeout(then, timerTime(ms));

export interface SocketOptions {
  readonly app: App;
  readonly socket: WebSocket;
  /** The network connection below the socket. */
  readonly transport: Duplex;
  /** The network address of the client. */
  readonly address: string;
  readonly subprotocol: Subprotocol;
}

/** What the server can do with a socket from outside. */
export interface ClientSocket extends Heavy {
  readonly sessions: ReadonlyMap<string, Session>;
  /** Frames that wait for the reader, and those that were dropped. */
  readonly pressure: OutgoingFrames['pressure'];
  /** Resolves when every frame that was taken has been handled. */
  readonly settled: () => Promise<void>;
  /** Asks the client to reconnect elsewhere. */
  readonly goAway: () => void;
  /** Closes at once. Nothing more is written, and what waits is not carried out: the client asks again elsewhere. */
  readonly abandonTo: (code: number, reason: string) => void;
  /** Takes no more frames, handles and answers those that were taken, then closes. */
  readonly finish: (code: number, reason: string) => Promise<void>;
}

/** Serves a socket until it closes. */
export const serveSocket = ({ app, socket, transport, address, subprotocol }: SocketOptions): ClientSocket => {
  const { limits } = app;
  const sessions = new Map<string, Session>();
  let isDeaf = false;
  /** The session whose command is being carried out. */
  let acting: string | undefined;
  /** Pushes that wait until its answer is written. */
  let held: (readonly [push: OutgoingPush, clientId: string])[] = [];
  /** Runs while a heartbeat waits for other commands. */
  let heartbeat: NodeJS.Timeout | undefined;
  /** Others tell of the clients: when the socket is closed at last, this process may serve again. */
  let isLeftToOthers = false;
  /** Whether the server could carry out the logins. If it could not, the client has not been refused. */
  let couldLogIn = true;
  /** The client was asked to go elsewhere, so if it closes the connection, that is not a break. */
  let isSentAway = false;

  /** Leaves the bus at once. Commands that were taken before are still handled in their sessions. */
  const leaveBus = (): void => {
    for (const session of sessions.values()) session.leave();
  };

  /** If a client may no longer speak in a conversation, its will is not sent. That is not an error. */
  const reportFault = (error: unknown): void => {
    if (!(error instanceof Refusal)) app.report(error);
  };

  /** Sends the wills of the clients, once, after the commands that they had sent before. */
  const sendWills = (): void => {
    for (const session of sessions.values()) void session.takeWill()?.().catch(reportFault);
  };

  /** Notes when the connection broke. A client that comes back within some time is still in its chat room. */
  const noteBreak = ({ id: holder, clientId, login: { token, tag }, room }: Session): void => {
    const id = room();
    if (id !== undefined) void app.store.rememberRoom(token, holder, { id, leftAt: app.wall.now() }).catch(app.report);
    // Otherwise, whoever takes this process for gone tells of its clients.
    if (!isLeftToOthers && app.isServing())
      app.hooks.clientOffline({ peerId: clientId, ...defined({ tag }), closeCode: LINE_BROKEN, sourceIP: address });
  };

  const close = (code: number, reason: string): void => {
    isDeaf = true;
    leaveBus();
    socket.close(code, reason);
    // A silent client may never answer the close.
    void queue.settled().then(sendWills);
  };

  const abandonTo: ClientSocket['abandonTo'] = (code, reason) => {
    isLeftToOthers = !app.isServing();
    queue.abandon();
    for (const session of sessions.values()) session.giveUp();
    close(code, reason);
  };

  let heardAt = performance.now();

  const frames = outgoingFrames({
    socket,
    transport,
    subprotocol,
    limits,
    turns: app.turns,
    heardAt: () => heardAt,
    tooSlow: () => close(TRY_AGAIN_LATER, 'this connection reads too slowly'),
  });

  const queue = createCommandQueue({ limits, turns: app.commandTurns, report: app.report, room: frames.room, socket });

  const answerWith = (command: ServerCommand): void => {
    if (!app.isServing()) return;
    frames.answer(wireFrame(command, subprotocol));
  };

  const writeNow: WritePush = ({ push, priority }, clientId) => {
    if (!app.isServing()) return;
    const shared = app.frames(push, priority !== undefined);
    app.counts.push();
    if (priority === undefined) frames.push({ shared, clientId });
    else frames.offer({ shared, clientId }, priority);
  };

  const writeHeld = (): void => {
    const pushes = held;
    held = [];
    for (const [push, clientId] of pushes) writeNow(push, clientId);
  };

  /**
   * What a command causes in other sessions of the same socket comes after its answer, and later pushes come after
   * that.
   */
  const writePush: WritePush = (push, clientId) => {
    if (held.length === 0 && (push.cause === undefined || push.cause !== acting)) {
      writeNow(push, clientId);
      return;
    }
    held.push([push, clientId]);
    if (held.length >= MOST_HELD) writeHeld();
  };

  const origin: Origin = {
    ...{ sessions, writePush, missed: frames.missed, version: subprotocol.version, address },
    isConnected: () => socket.readyState === socket.OPEN,
    resumedElsewhere: () => {
      if (sessions.size === 0) close(GOING_AWAY, 'the session goes on elsewhere');
    },
  };

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

  /** Carries a command out and answers it. `written` is called when the answer is written. */
  const answerTo = async (command: ClientCommand, written: () => void = () => undefined): Promise<void> => {
    app.counts.command(kindOf(command));
    try {
      spend(command);
      const { answer, afterwards } = await handle(contextOf(command), command);
      try {
        if (answer !== undefined) answerWith({ ...addresseeOf(command), ...answer });
        written();
      } finally {
        // Others may wait for it.
        afterwards?.();
      }
    } catch (error) {
      app.counts.refusal(error instanceof Refusal ? error.code : INTERNAL);
      if (!(error instanceof Refusal)) app.report(error);
      else if (error.code === TOO_MANY_SENDS || error.code === TOO_MANY_OTHERS) queue.slowDown();
      if (error instanceof OutcomeUnknown && command.cmd === 'direct' && command.directMessage.transient !== true) {
        // A refusal would say that the message is not stored.
        abandonTo(SERVER_ERROR, app.returning('nobody knows whether a message is stored'));
        return;
      }
      if (!(error instanceof Refusal) && command.cmd === 'session') couldLogIn = false;
      // Acknowledgements and read marks have no serial: no client waits for an answer, and an error without a serial
      // would look like an error of the connection.
      if (command.i !== undefined) answerWith({ ...errorAnswer(error, command.cmd), ...addresseeOf(command) });
    }
  };

  /** Carries a command out. What it causes on this socket is written after its answer. */
  const carryOut = async (command: ClientCommand): Promise<void> => {
    // What was sent before the socket closed is carried out, but nobody gets an answer any more.
    if (socket.readyState !== socket.OPEN && isRead(command)) return;
    // A heartbeat may be answered while another command is carried out.
    const before = acting;
    acting ??= sessionOf(command)?.id;
    const written = (): void => {
      if (before === undefined) writeHeld();
    };
    try {
      await answerTo(command, written);
    } finally {
      acting = before;
      written();
    }
  };

  /**
   * The protocol's table has no code for this. 4105 and 4114 would be wrong: the command is readable and the client
   * may be logged in, but this server does not serve the command.
   */
  const refuse = (command: UnsupportedCommand): void => {
    app.counts.refusal(INTERNAL);
    answerWith({
      ...errorAnswer(new Refusal(INTERNAL, `this server does not serve ${command.kind}`)),
      ...addresseeOf(command),
    });
  };

  /**
   * Answers with 4114, "unparseable raw message": the protobuf or a field of a command does not follow the protocol.
   */
  const explain = ({ message }: DecodeFailed, bytes: Buffer, isBinary: boolean): void => {
    app.counts.refusal(UNREADABLE);
    answerWith({ ...errorAnswer(new Refusal(UNREADABLE, message)), ...addresseeOfFrame(bytes, isBinary) });
  };

  const jobFor = (bytes: Buffer, isBinary: boolean): Job => {
    const decoded = decodeClientFrame(isBinary ? bytes : bytes.toString());
    if (E.isLeft(decoded)) return { run: () => explain(decoded.left, bytes, isBinary) };
    const command = decoded.right;
    if (command.cmd === 'unsupported') return { run: () => refuse(command) };
    // Its receivers get the message after its answer, so nothing has to be held back.
    return isPlacedAtOnce(app, command)
      ? { isPlacedAtOnce: true, run: () => answerTo(command) }
      : { run: () => carryOut(command) };
  };

  /**
   * A heartbeat has its turn like other commands. But if they wait for a slow store or hook, it is answered before
   * them: otherwise the client would take the connection for dead. One heartbeat at a time has this right, so a flood
   * of them gains nothing.
   */
  const heartbeatJob = (job: () => Job): (() => Job) => {
    let isAnswered = false;
    heartbeat = timer(HEARTBEAT_WAIT, () => {
      heartbeat = undefined;
      isAnswered = true;
      void job().run();
    });
    const own = heartbeat;
    const answer = (): Promise<void> | void => {
      if (isAnswered) return;
      clearTimeout(own);
      heartbeat = undefined;
      return job().run();
    };
    return () => ({ run: answer });
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    const job = (): Job => jobFor(bytes, isBinary);
    if (bytes.length > limits.frameBytes) close(FRAME_TOO_LONG, `a frame has at most ${limits.frameBytes} bytes`);
    else if (!queue.isIdle() && heartbeat === undefined && isHeartbeat(bytes, isBinary))
      queue.add(bytes.length, heartbeatJob(job));
    else queue.add(bytes.length, job);
  };

  const silence = timer(limits.silenceTimeout, () => close(READ_TIMEOUT, 'nothing was heard for too long'));
  const stranger = timer(limits.loginTimeout, () => {
    if (sessions.size > 0) return;
    if (couldLogIn) close(LOGIN_TIMEOUT, 'nobody has logged in');
    // Its session is still good.
    else close(TRY_AGAIN_LATER, app.returning('the server could not carry the login out'));
  });
  const heard = (): void => {
    heardAt = performance.now();
    silence.refresh();
  };

  socket.on('message', (data, isBinary) => {
    heard();
    // After a standstill, what has arrived is handled before anything else.
    if (!isDeaf && app.isServing()) receive(data, isBinary);
  });
  socket.on('ping', heard);
  socket.on('pong', heard);
  // A broken frame, or a frame too long for `ws` to read. The close event follows and is handled.
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    clearTimeout(silence);
    clearTimeout(stranger);
    clearTimeout(heartbeat);
    leaveBus();
    // A login may still be running.
    void queue.settled().then(() => {
      leaveBus();
      if (!isSentAway || code === BROKEN) sendWills();
      for (const session of sessions.values()) noteBreak(session);
      sessions.clear();
    });
  });

  return {
    sessions,
    pressure: frames.pressure,
    settled: queue.settled,
    waitingBytes: () => queue.bytes() + socket.bufferedAmount,
    abandon: () => {
      isDeaf = true;
      queue.abandon();
      // A close frame would have to wait behind everything else.
      socket.terminate();
    },
    goAway: () => {
      isSentAway = true;
      frames.write(wireFrame({ cmd: 'goaway' }, subprotocol));
    },
    abandonTo,
    finish: async (code, reason) => {
      isDeaf = true;
      await queue.settled();
      // The server ends the connection, not the client, so no will is sent.
      for (const session of sessions.values()) session.takeWill();
      close(code, reason);
    },
  };
};
