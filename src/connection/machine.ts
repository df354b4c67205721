/**
 * The connection as data: a table that says, for each state and each input, which state follows, which events are
 * told and which effects are carried out. Pure and total.
 */
import { ServerRejected, type RealtimeError } from '../errors.js';
import { withSpread, type Backoff } from './backoff.js';
import { closeCodeClass, fatalCodes } from './close-codes.js';
import type { CloseReason, ConnectionEvent, ConnectionState } from './state.js';

/**
 * What the machine reacts to. An input of a socket carries the epoch of that socket: inputs of old sockets are
 * ignored.
 */
export type Input =
  /** The first subscriber wants a connection. */
  | { readonly _tag: 'Open' }
  /** The last subscriber has gone. */
  | { readonly _tag: 'Release' }
  /** The application closes the connection for good. */
  | { readonly _tag: 'Close' }
  | { readonly _tag: 'Opened'; readonly epoch: number }
  /** The socket closed, or none of the addresses could be reached. */
  | { readonly _tag: 'Lost'; readonly epoch: number; readonly reason: CloseReason }
  /** None of the addresses can ever work. */
  | { readonly _tag: 'Unusable'; readonly epoch: number; readonly error: RealtimeError }
  /** The server has been silent for too long. */
  | { readonly _tag: 'Silent'; readonly epoch: number }
  /** The server asks the client to look up its addresses again and to reconnect. */
  | { readonly _tag: 'Goaway' }
  /** The wait for the next attempt is over. */
  | { readonly _tag: 'Due' }
  /** The application wants to know now whether there is a connection, or to have one. */
  | { readonly _tag: 'Retry' }
  /** The page or the device may have slept: what is known about the connection may be old. */
  | { readonly _tag: 'Wake' }
  /** The page goes to sleep, with its state. */
  | { readonly _tag: 'Freeze' }
  | { readonly _tag: 'Pause' }
  | { readonly _tag: 'Resume' }
  | { readonly _tag: 'NetworkDown' }
  | { readonly _tag: 'NetworkUp' };

/** What has to be done. The interpreter does it. */
export type Effect =
  /** Open a socket. An older one has been hung up before. */
  | { readonly _tag: 'Dial'; readonly epoch: number }
  | { readonly _tag: 'Hangup' }
  /** Give the input `Due` after `delay` ms. */
  | { readonly _tag: 'Wait'; readonly delay: number }
  | { readonly _tag: 'StopWaiting' }
  /** Ask the server for a sign of life. Give the input `Silent` if it does not answer soon. */
  | { readonly _tag: 'Probe' }
  | { readonly _tag: 'ForgetEndpoints' };

/** The public state, and what has to be remembered beside it. */
export interface Machine {
  readonly state: ConnectionState;
  /** Number of the newest socket. */
  readonly epoch: number;
  /** Number of the next attempt. */
  readonly attempt: number;
  /** True once there was a connection since `Open`. */
  readonly connectedBefore: boolean;
  /** When the newest connection opened, by the monotonic clock. */
  readonly connectedAt: number;
  readonly paused: boolean;
  /** What is known about the network. It is forgotten when the connection is not wanted any more. */
  readonly network: boolean;
  readonly frozen: boolean;
  /** The server has closed the last connection, and its clients have to come back spread over this time, ms. */
  readonly spread?: number | undefined;
  /** When waking has last shortened a wait, by the monotonic clock. */
  readonly hastenedAt: number;
}

/** Time and chance at the moment of the input. */
export interface Environment {
  /** ms since 1970. */
  readonly now: number;
  /** Monotonic, ms. */
  readonly elapsed: number;
  readonly random: () => number;
}

export interface Policy {
  readonly backoff: Backoff;
  /**
   * A connection that lasted at least so long, ms, resets the attempt counter. Waking resets it at most once within
   * this time.
   */
  readonly minUptime: number;
}

export interface Transition {
  readonly machine: Machine;
  readonly events: readonly ConnectionEvent[];
  readonly effects: readonly Effect[];
}

export type StateTag = ConnectionState['_tag'];
export type InputTag = Input['_tag'];
type InputOf<I extends InputTag> = Extract<Input, { _tag: I }>;
/** Everything that a step may depend on beside the machine and its input. */
type Context = Environment & Policy;
type Step<A extends Input> = (machine: Machine, input: A, context: Context) => Transition;
type Events = Transition['events'];
type Effects = Transition['effects'];
type Changes = Partial<Machine>;

/** One cell of the table: the states that this input may lead to from this state, and the step. */
interface Cell<A extends Input = Input> {
  readonly to: readonly StateTag[];
  readonly step: Step<A>;
}

export type Table = Readonly<Record<StateTag, { readonly [I in InputTag]: Cell<InputOf<I>> }>>;

export const initial: Machine = {
  state: { _tag: 'Idle' },
  epoch: 0,
  attempt: 0,
  connectedBefore: false,
  connectedAt: 0,
  paused: false,
  network: true,
  frozen: false,
  hastenedAt: -Infinity,
};

const HANGUP: Effects = [{ _tag: 'Hangup' }];
const STOP_WAITING: Effects = [{ _tag: 'StopWaiting' }];
const PROBE: Effects = [{ _tag: 'Probe' }];

const AWAY: CloseReason = { code: 1006, reason: 'the network went away' };
const FROZEN: CloseReason = { code: 1000, reason: 'the page was put away' };
const PAUSED: CloseReason = { code: 1000, reason: 'paused' };
const SILENT: CloseReason = { code: 1006, reason: 'the server has been silent for too long' };
const GOAWAY: CloseReason = { code: 1001, reason: 'the server asked to reconnect' };

const stay = (machine: Machine): Transition => ({ machine, events: [], effects: [] });

const change = (machine: Machine, changes: Changes, events: Events = [], effects: Effects = []): Transition => ({
  machine: { ...machine, ...changes },
  events,
  effects,
});

const disconnect = (reason: CloseReason): ConnectionEvent => ({ _tag: 'disconnect', reason });

const dial = (machine: Machine, changes: Changes, events?: Events, effects: Effects = []): Transition => {
  const epoch = machine.epoch + 1;
  return change(machine, { ...changes, epoch }, events, [...effects, { _tag: 'Dial', epoch }]);
};

/** An attempt that begins now. */
const retryNow = (machine: Machine, attempt: number, events: Events = [], effects?: Effects): Transition =>
  dial(
    machine,
    { attempt: attempt + 1, state: { _tag: 'Retrying', attempt } },
    [...events, { _tag: 'retry', attempt }],
    effects,
  );

const schedule = (
  before: Machine,
  reason: CloseReason,
  context: Context,
  events: Events = [],
  effects: Effects = [],
): Transition => {
  const machine = { ...before, spread: reason.spread ?? before.spread };
  const { attempt, spread } = machine;
  const delay = withSpread(context.backoff, spread)(attempt, context.random);
  return change(
    machine,
    { attempt: attempt + 1, state: { _tag: 'Scheduled', attempt, delay, dueAt: context.now + delay, reason } },
    [...events, { _tag: 'schedule', attempt, delay }],
    [...effects, { _tag: 'Wait', delay }],
  );
};

/** Why no attempt may be made. */
const obstacle = ({ paused, frozen, network }: Machine): 'paused' | 'frozen' | 'network' | undefined =>
  paused ? 'paused' : frozen ? 'frozen' : network ? undefined : 'network';

/** `Offline` if something stands in the way, otherwise what follows. */
const unlessBlocked = (machine: Machine, then: () => Transition, events?: Events, effects?: Effects): Transition => {
  const reason = obstacle(machine);
  return reason === undefined ? then() : change(machine, { state: { _tag: 'Offline', reason } }, events, effects);
};

const cell = <A extends Input = Input>(to: readonly StateTag[], step: Step<A>): Cell<A> => ({ to, step });

/** The input means nothing in this state. */
const ignored: Cell = cell([], stay);

/** An input of a socket that is not the newest one means nothing. */
const ofSocket = <A extends Extract<Input, { readonly epoch: number }>>(
  to: readonly StateTag[],
  step: Step<A>,
): Cell<A> =>
  cell(to, (machine, input, context) =>
    input.epoch === machine.epoch ? step(machine, input, context) : stay(machine),
  );

/** Only remembers the change. */
const note = (changes: Changes): Cell => cell([], (machine) => change(machine, changes));

/** What is believed until somebody tells otherwise. */
const UNTOLD: Changes = { network: true, frozen: false };
const PAUSE: Changes = { paused: true };
const RESUME: Changes = { paused: false };
const NETWORK_DOWN: Changes = { network: false };
const NETWORK_UP: Changes = { network: true };
const FREEZE: Changes = { frozen: true };
const WAKE: Changes = { frozen: false };

/**
 * To a state that holds neither a socket nor a timer. The effects release what the old state holds. What was told
 * about the network and the page is forgotten, because nobody listens to them from now on.
 */
const leave = (to: 'Idle' | 'Closed', effects?: Effects): Cell => {
  const changes: Changes = { ...UNTOLD, state: { _tag: to }, attempt: 0, connectedBefore: false, spread: undefined };
  return cell([to], (machine) => change(machine, changes, [], effects));
};

const ONLINE: Events = [{ _tag: 'online' }];

/** To `Offline`, or it stays there: one more thing stands in the way. */
const block = (changes: Changes, events?: Events, effects?: Effects): Cell =>
  cell(['Offline'], (machine) => {
    const changed = { ...machine, ...changes };
    return unlessBlocked(changed, () => stay(changed), events, effects);
  });

const goOffline = (changes: Changes, told: Events, effects: Effects): Cell =>
  block(changes, [...told, { _tag: 'offline' }], effects);

/** In `Offline`: schedules an attempt if nothing stands in the way any more. */
const comeBack = (changes: Changes, reason: CloseReason): Cell =>
  cell(['Offline', 'Scheduled'], (machine, _input, context) => {
    const changed = { ...machine, ...changes, attempt: 0 };
    return unlessBlocked(changed, () => schedule(changed, reason, context, ONLINE));
  });

/** In `Offline`: makes an attempt at once if nothing stands in the way any more. */
const comeBackNow = (changes: Changes): Cell =>
  cell(['Offline', 'Retrying'], (machine) => {
    const changed = { ...machine, ...changes };
    return unlessBlocked(changed, () => retryNow(changed, 0, ONLINE));
  });

/** Whether waking may count attempts from 0 again: not too often, as a user may change between tabs all the time. */
const mayHasten = (machine: Machine, { elapsed, minUptime }: Context): boolean =>
  elapsed - machine.hastenedAt >= minUptime;

/**
 * In `Scheduled`: waits anew, as before a first attempt. A wait before a first attempt stays: it is short, or its
 * length is the server's wish.
 */
const waitAnew = (machine: Machine, changes: Changes, context: Context): Transition => {
  const { state } = machine;
  return state._tag === 'Scheduled' && state.attempt > 0
    ? schedule({ ...machine, ...changes, attempt: 0 }, state.reason, context, [], STOP_WAITING)
    : stay(machine);
};

/**
 * Schedules an attempt after a connection was lost. A connection that lasted resets the attempt counter. One that did
 * not last leaves it, so that a server that accepts and drops connections is not asked too often.
 */
const disconnected = (machine: Machine, reason: CloseReason, context: Context, effects?: Effects): Transition => {
  const lasted = context.elapsed - machine.connectedAt >= context.minUptime;
  return schedule(lasted ? { ...machine, attempt: 0 } : machine, reason, context, [disconnect(reason)], effects);
};

const fatal = ({ code, reason }: CloseReason): ServerRejected => {
  const { name = 'CLOSED', advice = reason } = fatalCodes.get(code) ?? {};
  return new ServerRejected(code, name, advice);
};

const opened = (events?: Events): Cell<InputOf<'Opened'>> =>
  ofSocket(['Connected'], (machine, _input, { now, elapsed }) =>
    change(
      machine,
      {
        state: { _tag: 'Connected', resumed: machine.connectedBefore, since: now },
        connectedBefore: true,
        connectedAt: elapsed,
        spread: undefined,
      },
      events,
    ),
  );

/** The row of a state that nothing leaves. The other rows say where they differ from it. */
const last = {
  Open: ignored,
  Release: ignored,
  Close: ignored,
  Opened: ignored,
  Lost: ignored,
  Unusable: ignored,
  Silent: ignored,
  Goaway: ignored,
  Due: ignored,
  Retry: ignored,
  Wake: ignored,
  Freeze: ignored,
  Pause: ignored,
  Resume: ignored,
  NetworkDown: ignored,
  NetworkUp: ignored,
};

/** The row of a state that holds a socket or a timer: what releases it. `told` are the events of going offline. */
const holding = (effects: Effects, told: (reason: CloseReason) => Events = () => []) => ({
  ...last,
  Release: leave('Idle', effects),
  Close: leave('Closed', effects),
  Pause: goOffline(PAUSE, told(PAUSED), effects),
  Freeze: goOffline(FREEZE, told(FROZEN), effects),
  NetworkDown: goOffline(NETWORK_DOWN, told(AWAY), effects),
});

/**
 * The row of an attempt, whether it is the first one or a later one. After a wake or with the network back, attempts
 * are counted from 0 if this one fails.
 */
const attempting = {
  ...holding(HANGUP),
  Wake: cell([], (machine, _input, context) =>
    change(machine, mayHasten(machine, context) ? { attempt: 0, hastenedAt: context.elapsed } : {}),
  ),
  NetworkUp: note({ attempt: 0 }),
  Lost: ofSocket<InputOf<'Lost'>>(['Scheduled'], (machine, { reason }, context) => schedule(machine, reason, context)),
  Unusable: ofSocket<InputOf<'Unusable'>>(['Failed'], (machine, { error }) =>
    change(machine, { state: { _tag: 'Failed', error } }),
  ),
};

/** Leaves the verdict to an answer of the server. */
const probe: Cell = cell([], (machine) => change(machine, {}, [], PROBE));

/** Every state and every input. The compiler reports a cell that is missing. */
export const table: Table = {
  Idle: {
    ...last,
    Open: cell(['Connecting', 'Offline'], (machine) =>
      unlessBlocked(machine, () => dial(machine, { state: { _tag: 'Connecting' } }), [{ _tag: 'offline' }]),
    ),
    Release: note(UNTOLD),
    Close: leave('Closed'),
    Wake: note(WAKE),
    Freeze: note(FREEZE),
    Pause: note(PAUSE),
    Resume: note(RESUME),
    NetworkDown: note(NETWORK_DOWN),
    NetworkUp: note(NETWORK_UP),
  },
  Connecting: { ...attempting, Opened: opened() },
  Retrying: { ...attempting, Opened: opened([{ _tag: 'reconnect' }]) },
  Connected: {
    ...holding(HANGUP, (reason) => [disconnect(reason)]),
    Lost: ofSocket<InputOf<'Lost'>>(['Scheduled', 'Failed'], (machine, { reason }, context) =>
      closeCodeClass(reason.code) === 'fatal'
        ? change(machine, { state: { _tag: 'Failed', error: fatal(reason) } }, [disconnect(reason)])
        : disconnected(machine, reason, context),
    ),
    Retry: probe,
    Wake: probe,
    Silent: ofSocket(['Scheduled'], (machine, _input, context) => disconnected(machine, SILENT, context, HANGUP)),
    Goaway: cell(['Scheduled'], (machine, _input, context) =>
      disconnected(machine, GOAWAY, context, [...HANGUP, { _tag: 'ForgetEndpoints' }]),
    ),
  },
  Scheduled: {
    ...holding(STOP_WAITING),
    Due: cell(['Retrying'], (machine) => retryNow(machine, machine.attempt - 1)),
    Retry: cell(['Retrying'], (machine) => retryNow(machine, 0, [], STOP_WAITING)),
    Wake: cell(['Scheduled'], (machine, _input, context) =>
      mayHasten(machine, context) ? waitAnew(machine, { hastenedAt: context.elapsed }, context) : stay(machine),
    ),
    NetworkUp: cell(['Scheduled'], (machine, _input, context) => waitAnew(machine, {}, context)),
  },
  Offline: {
    ...last,
    Release: leave('Idle'),
    Close: leave('Closed'),
    // What is believed about the network and the page may be wrong. A pause is the application's own will.
    Retry: cell(['Retrying'], (machine, input, context) =>
      machine.paused ? stay(machine) : comeBackNow(UNTOLD).step(machine, input, context),
    ),
    Wake: cell(['Offline', 'Retrying'], (machine, input, context) =>
      machine.frozen ? comeBackNow(WAKE).step(machine, input, context) : stay(machine),
    ),
    Freeze: block(FREEZE),
    Pause: block(PAUSE),
    Resume: comeBack(RESUME, PAUSED),
    NetworkDown: block(NETWORK_DOWN),
    NetworkUp: comeBack(NETWORK_UP, AWAY),
  },
  Closed: last,
  Failed: last,
};

/** One step: the machine after an input, then the events to tell and the effects to carry out, both in order. */
export const transition =
  (policy: Policy) =>
  (machine: Machine, input: Input, environment: Environment): Transition => {
    // The table pairs each input with a step that takes it. TypeScript can't follow the pairing through the lookup.
    const { step } = table[machine.state._tag][input._tag] as Cell;
    return step(machine, input, { ...policy, ...environment });
  };
