/** Serves one client's socket: handles its frames in order, enforces its limits, keeps its sessions. */
import type { Duplex } from 'node:stream';
import { either as E } from 'fp-ts';
import type { RawData, WebSocket } from 'ws';
import { decodeClientFrame, type ClientCommand, type ServerCommand, type Subprotocol } from '../codecs/index.js';
import { addresseeOf, addressed } from './addressee.js';
import type { App } from './app.js';
import { CommandQueue, type Job } from './command-queue.js';
import { kindOf } from './handlers/bounds.js';
import { handle, isPlacedAtOnce, isRead } from './handlers/index.js';
import type { Context, Origin } from './handlers/handler.js';
import { costOf, rateKindOf } from './rates.js';
import { OutgoingFrames, type OutgoingOptions } from './outgoing.js';
import { Refusal, type RefusalCode } from './domain/refusal.js';
import { GOING_AWAY } from './returns.js';
import { INTERNAL, UNREADABLE, errorAnswer, unreadableAnswer, unsupportedAnswer } from './error-answer.js';
import { isHeartbeat } from './heartbeat.js';
import type { Waiting as Heavy } from './heaviest.js';
import type { Limits } from './options.js';
import type { Turns } from './turns.js';
import type { Drops } from './stats.js';
import type { Limited } from './overdue.js';
import { forget, noteBreak, noteEnd, sendWills } from './session-end.js';
import type { Ending, OutgoingPush, Session } from './session.js';
import { OutcomeUnknown } from './unsettled.js';
import { wireFrame } from './wire-frame.js';

const READ_TIMEOUT = 4107;
const LOGIN_TIMEOUT = 4108;
const FRAME_TOO_LONG = 4109;
const TRY_AGAIN_LATER = 1013;
const SERVER_ERROR = 1011;
/** The close code of a connection that broke. */
const BROKEN = 1006;

const TOO_MANY_SENDS = 4116;
const TOO_MANY_OTHERS = 4318;
/** Pushes that wait for the answer of a command, at most. */
const MOST_HELD = 1_000;

/** A heartbeat is answered after this time, whatever it has to wait for, ms. */
const HEARTBEAT_WAIT = 1_000;

const noop = (): void => undefined;

/** A push that waits for the answer of a command. */
type Held = readonly [push: OutgoingPush, clientId: string];

/**
 * Serves a socket until it closes. A class, since each socket has one: an object of it takes little memory as long as
 * nothing happens.
 */
export class ClientSocket implements Heavy, Limited, Origin, OutgoingOptions {
  readonly sessions = new Map<string, Session>();
  heardAt = performance.now();

  private readonly frames: OutgoingFrames;
  private readonly queue: CommandQueue;
  private isDeaf = false;
  /** The session whose command is being carried out. */
  private acting: string | undefined;
  /** Pushes that wait until its answer is written. */
  private held: Held[] | undefined;
  /** Runs while a heartbeat waits for other commands. */
  private heartbeat: NodeJS.Timeout | undefined;
  /** Others tell of the clients: when the socket is closed at last, this process may serve again. */
  private isLeftToOthers = false;
  /** When somebody has to have logged in; Infinity when this was looked at. */
  private loginBy: number;
  /** Whether the server could carry out the logins. If it could not, the client has not been refused. */
  private couldLogIn = true;
  /** The client was asked to go elsewhere, so if it closes the connection, that is not a break. */
  private isSentAway = false;

  constructor(
    private readonly app: App,
    readonly socket: WebSocket,
    /** The network connection below the socket. */
    readonly transport: Duplex,
    readonly subprotocol: Subprotocol,
    /** The network address of the client. */
    readonly address: string,
    /** Called when the socket has closed. */
    private readonly left: (client: ClientSocket) => void,
  ) {
    this.loginBy = this.heardAt + app.limits.loginTimeout;
    this.frames = new OutgoingFrames(this);
    this.queue = new CommandQueue(app, this.frames, socket);

    const heard = (): void => this.heard();
    socket.on('message', (data, isBinary) => {
      this.heard();
      // After a standstill, what has arrived is handled before anything else.
      if (!this.isDeaf && app.isServing()) this.receive(data, isBinary);
    });
    socket.on('ping', heard);
    socket.on('pong', heard);
    // A broken frame, or a frame too long for `ws` to read. The close event follows and is handled.
    socket.on('error', noop);
    socket.on('close', (code) => this.closed(code));
  }

  get limits(): Limits {
    return this.app.limits;
  }

  get turns(): Turns {
    return this.app.turns;
  }

  get version(): Subprotocol['version'] {
    return this.subprotocol.version;
  }

  now(): number {
    return performance.now();
  }

  /** Frames that wait for the reader, and those that were dropped. */
  pressure(): ReturnType<OutgoingFrames['pressure']> {
    return this.frames.pressure();
  }

  /** Resolves when every frame that was taken has been handled. */
  settled(): Promise<void> {
    return this.queue.settled();
  }

  waitingBytes(): number {
    return this.queue.bytes() + this.socket.bufferedAmount;
  }

  abandon(): void {
    this.isDeaf = true;
    this.queue.abandon();
    // A close frame would have to wait behind everything else.
    this.socket.terminate();
  }

  /** Asks the client to reconnect elsewhere. */
  goAway(): void {
    this.isSentAway = true;
    this.frames.write(wireFrame({ cmd: 'goaway' }, this.subprotocol));
  }

  /** Closes at once. Nothing more is written, and what waits is not carried out: the client asks again elsewhere. */
  abandonTo(code: number, reason: string): void {
    this.isLeftToOthers = !this.app.isServing();
    this.queue.abandon();
    for (const session of this.sessions.values()) session.giveUp();
    this.close(code, reason);
  }

  /** Takes no more frames, handles and answers those that were taken, then closes. */
  async finish(code: number, reason: string): Promise<void> {
    this.isDeaf = true;
    await this.queue.settled();
    // The server ends the connection, not the client, so no will is sent.
    for (const session of this.sessions.values()) session.takeWill();
    this.close(code, reason);
  }

  expire(now: number): number {
    if (this.isDeaf) return Infinity;
    const silentBy = this.heardAt + this.limits.silenceTimeout;
    if (now >= silentBy) this.close(READ_TIMEOUT, 'nothing was heard for too long');
    else if (now >= this.loginBy) {
      this.loginBy = Infinity;
      if (this.sessions.size > 0) return silentBy;
      if (this.couldLogIn) this.close(LOGIN_TIMEOUT, 'nobody has logged in');
      // Its session is still good.
      else this.close(TRY_AGAIN_LATER, this.app.returning('the server could not carry the login out'));
    }
    return Math.min(silentBy, this.loginBy);
  }

  tooSlow(): void {
    this.close(TRY_AGAIN_LATER, 'this connection reads too slowly');
  }

  missed(drops: Drops): void {
    this.frames.missed(drops);
  }

  isConnected(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /**
   * If the session goes on over another socket, and this one has no other session, this one is closed: its client may
   * be here after all, since a login may have been held up on its way, and comes back then.
   */
  sessionEnded(session: Session, ending: Ending): void {
    const { app, sessions } = this;
    forget(sessions, session);
    noteEnd(app, session, ending);
    if (ending.how === 'resumed' && app.bus.exclusively !== undefined && sessions.size === 0)
      this.close(GOING_AWAY, 'the session goes on elsewhere');
  }

  expelled({ login: { token, holder } }: Session): void {
    void this.app.store.rememberRoom(token, holder, undefined).catch(this.app.report);
  }

  /**
   * What a command causes in other sessions of the same socket comes after its answer, and later pushes come after
   * that.
   */
  writePush(push: OutgoingPush, clientId: string): void {
    if (this.held === undefined && (push.cause === undefined || push.cause !== this.acting)) {
      this.writeNow(push, clientId);
      return;
    }
    this.held ??= [];
    this.held.push([push, clientId]);
    if (this.held.length >= MOST_HELD) this.writeHeld();
  }

  private heard(): void {
    this.heardAt = performance.now();
  }

  /** Leaves the bus at once. Commands that were taken before are still handled in their sessions. */
  private leaveBus(): void {
    for (const session of this.sessions.values()) session.leave();
  }

  private close(code: number, reason: string): void {
    this.isDeaf = true;
    this.leaveBus();
    this.socket.close(code, reason);
    // A silent client may never answer the close.
    void this.queue.settled().then(() => sendWills(this.app, this.sessions));
  }

  private closed(code: number): void {
    clearTimeout(this.heartbeat);
    this.leaveBus();
    // A login may still be running.
    void this.queue.settled().then(() => {
      this.leaveBus();
      if (!this.isSentAway || code === BROKEN) sendWills(this.app, this.sessions);
      for (const session of this.sessions.values()) noteBreak(this.app, session, !this.isLeftToOthers);
      this.sessions.clear();
    });
    this.left(this);
  }

  private answerWith(command: ServerCommand, isAwaited = false): void {
    if (!this.app.isServing()) return;
    this.frames.answer(wireFrame(command, this.subprotocol), isAwaited);
  }

  private writeNow({ push, priority }: OutgoingPush, clientId: string): void {
    const { app, frames } = this;
    if (!app.isServing()) return;
    const shared = app.frames(push, priority !== undefined);
    app.counts.push();
    if (priority === undefined) frames.push({ shared, clientId });
    else frames.offer({ shared, clientId }, priority);
  }

  private writeHeld(): void {
    const { held } = this;
    if (held === undefined) return;
    this.held = undefined;
    for (const [push, clientId] of held) this.writeNow(push, clientId);
  }

  private sessionOf({ peerId }: ClientCommand): Session | undefined {
    return peerId === undefined ? this.sessions.values().next().value : this.sessions.get(peerId);
  }

  private spend(command: ClientCommand): void {
    const [kind, session] = [rateKindOf(command), this.sessionOf(command)];
    if (kind !== undefined && session !== undefined) this.app.rates.spend(kind, session.clientId, costOf(command));
  }

  private contextOf(command: ClientCommand): Context {
    return {
      app: this.app,
      origin: this,
      session: () => {
        const session = this.sessionOf(command);
        if (session === undefined) throw new Refusal(4105, 'log in first');
        return session;
      },
    };
  }

  /** Carries a command out and answers it. `written` is called when the answer is written. */
  private async answerTo(command: ClientCommand, written: () => void = noop): Promise<void> {
    const { app } = this;
    app.counts.command(kindOf(command));
    try {
      this.spend(command);
      const { answer, afterwards } = await handle(this.contextOf(command), command);
      try {
        // The sender of a single message waits for nothing else. Receivers get a stored message after its
        // acknowledgement, but a transient one before.
        const isStored = command.cmd === 'direct' && command.directMessage.transient !== true;
        const isAwaited = isStored && this.queue.size() === 1;
        if (answer !== undefined) this.answerWith(addressed(command, answer), isAwaited);
        written();
      } finally {
        // Others may wait for it.
        afterwards?.();
      }
    } catch (error) {
      app.counts.refusal(error instanceof Refusal ? error.code : INTERNAL);
      if (!(error instanceof Refusal)) app.report(error);
      else if (error.code === TOO_MANY_SENDS || error.code === TOO_MANY_OTHERS) this.queue.slowDown();
      if (error instanceof OutcomeUnknown && command.cmd === 'direct' && command.directMessage.transient !== true) {
        // A refusal would say that the message is not stored.
        this.abandonTo(SERVER_ERROR, app.returning('nobody knows whether a message is stored'));
        return;
      }
      if (!(error instanceof Refusal) && command.cmd === 'session') this.couldLogIn = false;
      // Acknowledgements and read marks have no serial: no client waits for an answer, and an error without a serial
      // would look like an error of the connection.
      if (command.i !== undefined) this.answerWith({ ...errorAnswer(error, command.cmd), ...addresseeOf(command) });
    }
  }

  /** Carries a command out. What it causes on this socket is written after its answer. */
  private async carryOut(command: ClientCommand): Promise<void> {
    // What was sent before the socket closed is carried out, but nobody gets an answer any more.
    if (!this.isConnected() && isRead(command)) return;
    // A heartbeat may be answered while another command is carried out.
    const before = this.acting;
    this.acting ??= this.sessionOf(command)?.id;
    const written = (): void => {
      if (before === undefined) this.writeHeld();
    };
    try {
      await this.answerTo(command, written);
    } finally {
      this.acting = before;
      written();
    }
  }

  /** Answers a frame that is no command of this server. */
  private refuse(code: RefusalCode, answer: ServerCommand): void {
    this.app.counts.refusal(code);
    this.answerWith(answer);
  }

  private jobFor(bytes: Buffer, isBinary: boolean): Job {
    const decoded = decodeClientFrame(isBinary ? bytes : bytes.toString());
    if (E.isLeft(decoded)) {
      const { left } = decoded;
      return { run: () => this.refuse(UNREADABLE, unreadableAnswer(left, bytes, isBinary)) };
    }
    const command = decoded.right;
    if (command.cmd === 'unsupported') return { run: () => this.refuse(INTERNAL, unsupportedAnswer(command)) };
    // Its receivers get the message after its answer, so nothing has to be held back.
    return isPlacedAtOnce(this.app, command)
      ? { isPlacedAtOnce: true, run: () => this.answerTo(command) }
      : { run: () => this.carryOut(command) };
  }

  /**
   * A heartbeat has its turn like other commands. But if they wait for a slow store or hook, it is answered before
   * them: otherwise the client would take the connection for dead. One heartbeat at a time has this right, so a flood
   * of them gains nothing.
   */
  private heartbeatJob(job: () => Job): () => Job {
    let isAnswered = false;
    const own = setTimeout(() => {
      this.heartbeat = undefined;
      isAnswered = true;
      void job().run();
    }, HEARTBEAT_WAIT);
    this.heartbeat = own;
    const answer = (): Promise<void> | void => {
      if (isAnswered) return;
      clearTimeout(own);
      this.heartbeat = undefined;
      return job().run();
    };
    return () => ({ run: answer });
  }

  private receive(data: RawData, isBinary: boolean): void {
    const { queue } = this;
    const { frameBytes } = this.limits;
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
    const job = (): Job => this.jobFor(bytes, isBinary);
    if (bytes.length > frameBytes) this.close(FRAME_TOO_LONG, `a frame has at most ${frameBytes} bytes`);
    else if (queue.size() > 0 && this.heartbeat === undefined && isHeartbeat(bytes, isBinary))
      queue.add(bytes.length, this.heartbeatJob(job));
    else queue.add(bytes.length, job);
  }
}
