/** What all handlers share. */
import type { ClientCommand, ConversationInfo } from '../codecs/index.js';
import type { Bus } from './bus.js';
import type { Counts } from './counts.js';
import type { CommandTurns } from './command-turns.js';
import type { ServerClock } from './clock.js';
import type { Distinct } from './distinct.js';
import type { Frames } from './frames.js';
import type { Report } from './guarded.js';
import type { RunningHooks } from './running-hooks.js';
import type { Posted, Posting } from './messages/deliver.js';
import type { HandedOut } from './messages/handed-out.js';
import type { TellUnread } from './messages/unread-counts.js';
import type { Logins } from './logins.js';
import type { LoginRequest } from './signatures.js';
import type { Limits, ResumeRequest } from './options.js';
import type { Rates } from './rates.js';
import type { RoomFanOut } from './room-fan-out.js';
import type { Signatures } from './signatures.js';
import type { Turns } from './turns.js';
import type { InOrder, Unsettled } from './unsettled.js';
import type { Store } from './store/store.js';

export interface App {
  readonly appId: string | undefined;
  readonly store: Store;
  readonly bus: Bus;
  /** Whether this process may serve its sessions: otherwise others may have taken them for gone. */
  readonly isServing: () => boolean;
  readonly rooms: RoomFanOut;
  readonly limits: Limits;
  readonly clock: ServerClock;
  /** The system's time, which may be wrong for a moment. */
  readonly wall: ServerClock;
  /** The current time, but always later than the time given before. So events that it dates have an order. */
  readonly stamp: () => number;
  readonly rates: Rates;
  readonly counts: Counts;
  /** Refuses a command of a client with a field that is too long, or has too many items. */
  readonly checkBounds: (command: ClientCommand) => void;
  readonly hooks: RunningHooks;
  readonly frames: Frames;
  /** When sockets handle their commands. */
  readonly commandTurns: CommandTurns;
  /** When sockets write the messages of chat rooms. */
  readonly turns: Turns;
  /** Whether clients that are not members may read the history of an ordinary conversation, and see it. */
  readonly isOpen: (info: ConversationInfo) => boolean;
  /** Whether clients that are not members may see an ordinary conversation with its members. */
  readonly isShown: (info: ConversationInfo) => boolean;
  readonly verifyResume: (request: ResumeRequest) => boolean | Promise<boolean>;
  readonly verifyLogin: (request: LoginRequest) => boolean | Promise<boolean>;
  /** Refuses an action that needs a signature and has none that is valid. */
  readonly verifyAction: Signatures['action'];
  /** Messages that were handed out lately. */
  readonly handedOut: HandedOut;
  /** Logins that are under way. */
  readonly logins: Logins;
  /** The clients that have logged in today. */
  readonly loggedInToday: Distinct;
  /** Makes all signatures invalid that were made for a client until now. */
  readonly endSignatures: Signatures['end'];
  /**
   * Runs the jobs of one conversation one after the other, so that all receivers see its messages and notices in the
   * same order. Requests for the same unique conversation are serialized, too. Before a job, all changes with its key
   * have a known outcome.
   */
  readonly inOrder: InOrder;
  /** Whether something happens in a conversation, or waits for its turn. */
  readonly isBusy: (conversationId: string) => boolean;
  readonly tellUnread: TellUnread;
  /**
   * The same for changes of a conversation, in all processes together: nobody changes what a job has just looked at,
   * and all receivers learn of changes in the order in which they were made.
   */
  readonly alone: InOrder;
  /**
   * Stores a message and hands it out, together with all others that wait for their conversation. Resolves when it is
   * stored, before its receivers have it.
   */
  readonly post: (conversationId: string, posting: Posting) => Promise<Posted>;
  /** Makes a change in the store that others have to be told of. If the call fails, they are told later. */
  readonly attempt: Unsettled['attempt'];
  readonly repeat: Unsettled['repeat'];
  readonly moved: Unsettled['moved'];
  /** The reason of a close after which a client comes back: it names the time over which such clients are spread. */
  readonly returning: (text: string) => string;
  /** Called with errors that are the server's own fault. It never throws. */
  readonly report: Report;
}
