/** A client's session on one socket. It takes what is published to the client to the socket. */
import type { ServerCommand } from '../codecs/index.js';
import type { App } from './app.js';
import type { Notice, RoomPriority } from './notice.js';
import { reasonOf } from './domain/refusal.js';
import type { Drops } from './stats.js';
import type { SessionOpening } from './domain/records.js';

/** Sends the message that a client has left for a break of its connection. */
type Will = () => Promise<void>;

/** How the server has ended a session, and what its client is told. */
export interface Ending {
  readonly how: 'displaced' | 'resumed' | 'kicked';
  readonly code: number;
  readonly reason: string;
}

/** A push, and how it is written. */
export interface OutgoingPush {
  readonly push: ServerCommand;
  /** A push with a priority may be dropped. */
  readonly priority?: RoomPriority | undefined;
  /** The session whose command has caused it. */
  readonly cause?: string | undefined;
}

/** The socket of a session. */
export interface SessionSocket {
  /** The network address of the client. */
  readonly address: string;
  /** Takes a push for a client to the socket. */
  writePush(push: OutgoingPush, clientId: string): void;
  /** Called with messages of a chat room that were dropped before they reached the session. */
  missed(drops: Drops): void;
  /** A notice has ended the session. */
  sessionEnded(session: Session, ending: Ending): void;
  /** The session was put out of its chat room. */
  expelled(session: Session): void;
}

const DISPLACED = 4111;
/** Outlines that a session remembers. */
const OUTLINES = 100;

/** A class, since each client has one: an object of it takes little memory. */
export class Session {
  /** Pushes that wait for `start`. */
  private held: OutgoingPush[] | undefined = [];
  private unsubscribe: (() => void) | undefined;
  private inside: { readonly id: string; readonly leave: () => void } | undefined;
  private isOver = false;
  private will: Will | undefined;
  private ending: Ending | undefined;
  private hasGivenUp = false;
  private outlines: Set<string> | undefined;
  /** The application was told that the client is online. */
  isOpen = false;

  constructor(
    private readonly app: Pick<App, 'bus' | 'rooms'>,
    private readonly socket: SessionSocket,
    /** The data that it was opened with. */
    readonly login: SessionOpening['session'],
    /** Its client may keep an outline, and show it when it has become a member. */
    private readonly keepsOutlines: boolean,
  ) {}

  /** Unique among all sessions. */
  get id(): string {
    return this.login.holder;
  }

  get clientId(): string {
    return this.login.clientId;
  }

  /** The network address of the client. */
  get address(): string {
    return this.socket.address;
  }

  /**
   * Subscribes the client on the bus. Pushes are held until `start`, so that none of them comes before the answer to
   * the login.
   */
  async join(): Promise<void> {
    const { token, expiresAt } = this.login;
    const isOpen = (): boolean => this.held === undefined;
    const joined = await this.app.bus.subscribe(this.clientId, this.receive, {
      ...{ id: this.id, token, expiresAt, isOpen },
    });
    // The socket may have closed meanwhile.
    if (this.isOver) joined();
    else this.unsubscribe = joined;
  }

  /** Sends the given commands first, then the held pushes that `keep` accepts, then all later pushes. */
  start(first: readonly ServerCommand[], keep: (push: ServerCommand) => boolean): void {
    const waiting = this.held ?? [];
    this.held = undefined;
    for (const command of first) this.push({ push: command });
    for (const outgoing of waiting) if (keep(outgoing.push)) this.push(outgoing);
  }

  /** The chat room that the session is in. */
  room(): string | undefined {
    return this.inside?.id;
  }

  /** Enters a chat room, and leaves the one before. */
  async enter(roomId: string): Promise<void> {
    if (this.inside?.id === roomId) return;
    this.exit();
    const missed = (drops: Drops): void => this.socket.missed(drops);
    const entered = await this.app.rooms.enter(roomId, {
      ...{ id: this.id, clientId: this.clientId, receive: this.receive, missed },
    });
    if (this.isOver) entered();
    else this.inside = { id: roomId, leave: entered };
  }

  /** Leaves the chat room. */
  exit(): void {
    this.inside?.leave();
    this.inside = undefined;
  }

  /**
   * Remembers of which conversations its client has got an outline: the client may keep it, so it is shown the whole
   * conversation when it becomes a member. Only the latest ones are remembered.
   */
  outlined(conversationIds: readonly string[]): void {
    if (!this.keepsOutlines) return;
    const outlines = (this.outlines ??= new Set());
    for (const conversationId of conversationIds) {
      outlines.delete(conversationId);
      outlines.add(conversationId);
    }
    for (const oldest of outlines) {
      if (outlines.size <= OUTLINES) return;
      outlines.delete(oldest);
    }
  }

  /** Leaves the bus. It may be called at any time and more than once. */
  leave(): void {
    this.isOver = true;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.inside?.leave();
  }

  /** How the session was ended by the server; undefined if it was not. */
  ended(): Ending | undefined {
    return this.ending;
  }

  /** Sets the will, which is sent when the connection breaks. It replaces an earlier will. */
  setWill(will: Will): void {
    this.will = will;
  }

  /** What it has asked for and has not begun is not done: its client asks again, on another socket. */
  giveUp(): void {
    this.hasGivenUp = true;
  }

  /** Others take the session for gone. They send its will. */
  leaveWill(): void {
    this.will = undefined;
  }

  isGivenUp(): boolean {
    return this.hasGivenUp;
  }

  /**
   * Takes the will, once, and forgets it wherever it is kept. Undefined after a logout, or if the server has ended the
   * session.
   */
  takeWill(): Will | undefined {
    const { will } = this;
    this.will = undefined;
    if (will !== undefined) void this.app.bus.keepWill?.(this.id, undefined);
    return will;
  }

  private push(outgoing: OutgoingPush): void {
    if (this.held === undefined) this.socket.writePush(outgoing, this.clientId);
    else this.held.push(outgoing);
  }

  private finish(how: Ending['how'], code: number, reason: string): void {
    this.takeWill();
    // If the session was resumed on another socket, its client is there and needs no message here.
    if (how !== 'resumed') this.push({ push: { cmd: 'session', op: 'closed', sessionMessage: { code, reason } } });
    this.leave();
    this.ending = { how, code, reason };
    this.socket.sessionEnded(this, this.ending);
  }

  /** Its own function, by which the bus knows the session. */
  private readonly receive = (notice: Notice): void => {
    if (this.isOver) return;
    const { id, clientId } = this;
    switch (notice._tag) {
      case 'Push':
        if (notice.except === id || notice.exceptClient === clientId) return;
        if ((notice.inRoom ?? this.room()) !== this.room()) return;
        if (notice.outlined !== undefined && this.outlines?.has(notice.outlined) !== true) return;
        this.push({ push: notice.command, priority: notice.priority, cause: notice.cause ?? notice.except });
        return;
      case 'Displace':
        if (notice.sessions.includes(id)) this.finish('displaced', DISPLACED, reasonOf(DISPLACED));
        return;
      case 'Resume':
        if (notice.session === id) this.finish('resumed', DISPLACED, reasonOf(DISPLACED));
        return;
      case 'Kick':
        this.finish('kicked', notice.code, notice.reason);
        return;
      case 'Exit':
        if (this.room() !== notice.roomId) return;
        this.exit();
        this.socket.expelled(this);
    }
  };
}
