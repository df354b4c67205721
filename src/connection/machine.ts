/**
 * The connection as data: a table that says, for each state and each input, which state follows, which events are
 * told and which effects are carried out. Pure and total.
 */
import { ServerRejected, type RealtimeError } from '../errors.js';
import type { Backoff } from './backoff.js';
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
  | { readonly _tag: 'Retry' }
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
  readonly network: boolean;
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
  /** A connection that lasted at least so long, ms, resets the attempt counter. */
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
};

const HANGUP: Effects = [{ _tag: 'Hangup' }];
const STOP_WAITING: Effects = [{ _tag: 'StopWaiting' }];

const AWAY: CloseReason = { code: 1006, reason: 'the network went away' };
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

const schedule = (
  machine: Machine,
  reason: CloseReason,
  { now, random, backoff }: Context,
  events: Events = [],
  effects: Effects = [],
): Transition => {
  const { attempt } = machine;
  const delay = backoff(attempt, random);
  return change(
    machine,
    { attempt: attempt + 1, state: { _tag: 'Scheduled', attempt, delay, dueAt: now + delay, reason } },
    [...events, { _tag: 'schedule', attempt, delay }],
    [...effects, { _tag: 'Wait', delay }],
  );
};

/** Offline: the reason is the pause if there is one, otherwise the network. */
const offline = (machine: Machine, changes: Changes, events?: Events, effects?: Effects): Transition => {
  const reason = (changes.paused ?? machine.paused) ? 'paused' : 'network';
  return change(machine, { ...changes, state: { _tag: 'Offline', reason } }, events, effects);
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

/** To a state that holds neither a socket nor a timer. The effects release what the old state holds. */
const leave = (to: 'Idle' | 'Closed', effects?: Effects): Cell =>
  cell([to], (machine) => change(machine, { state: { _tag: to }, attempt: 0, connectedBefore: false }, [], effects));

const goOffline = (changes: Changes, events: Events, effects: Effects): Cell =>
  cell(['Offline'], (machine) => offline(machine, changes, [...events, { _tag: 'offline' }], effects));

/** Leaves `Offline` when the pause is over and the network is back; one of the two alone is not enough. */
const comeBack = (changes: Changes, reason: CloseReason): Cell =>
  cell(['Offline', 'Scheduled'], (machine, _input, context) => {
    const changed = { ...machine, ...changes };
    return changed.paused || !changed.network
      ? offline(changed, {})
      : schedule({ ...changed, attempt: 0 }, reason, context, [{ _tag: 'online' }]);
  });

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
      },
      events,
    ),
  );

const PAUSE: Changes = { paused: true };
const RESUME: Changes = { paused: false };
const NETWORK_DOWN: Changes = { network: false };
const NETWORK_UP: Changes = { network: true };

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
  Resume: note(RESUME),
  NetworkDown: goOffline(NETWORK_DOWN, told(AWAY), effects),
  NetworkUp: note(NETWORK_UP),
});

/** The row of an attempt, whether it is the first one or a later one. */
const attempting = {
  ...holding(HANGUP),
  Lost: ofSocket<InputOf<'Lost'>>(['Scheduled'], (machine, { reason }, context) => schedule(machine, reason, context)),
  Unusable: ofSocket<InputOf<'Unusable'>>(['Failed'], (machine, { error }) =>
    change(machine, { state: { _tag: 'Failed', error } }),
  ),
};

/** Every state and every input. The compiler reports a cell that is missing. */
export const table: Table = {
  Idle: {
    ...last,
    Open: cell(['Connecting', 'Offline'], (machine) =>
      machine.paused || !machine.network
        ? offline(machine, {}, [{ _tag: 'offline' }])
        : dial(machine, { state: { _tag: 'Connecting' } }),
    ),
    Close: leave('Closed'),
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
    Silent: ofSocket(['Scheduled'], (machine, _input, context) => disconnected(machine, SILENT, context, HANGUP)),
    Goaway: cell(['Scheduled'], (machine, _input, context) =>
      disconnected(machine, GOAWAY, context, [...HANGUP, { _tag: 'ForgetEndpoints' }]),
    ),
  },
  Scheduled: {
    ...holding(STOP_WAITING),
    Due: cell(['Retrying'], (machine) => {
      const attempt = machine.attempt - 1;
      return dial(machine, { state: { _tag: 'Retrying', attempt } }, [{ _tag: 'retry', attempt }]);
    }),
    Retry: cell(['Retrying'], (machine) =>
      dial(
        machine,
        { attempt: 1, state: { _tag: 'Retrying', attempt: 0 } },
        [{ _tag: 'retry', attempt: 0 }],
        STOP_WAITING,
      ),
    ),
  },
  Offline: {
    ...last,
    Release: leave('Idle'),
    Close: leave('Closed'),
    Pause: cell(['Offline'], (machine) => offline(machine, PAUSE)),
    Resume: comeBack(RESUME, PAUSED),
    NetworkDown: cell(['Offline'], (machine) => offline(machine, NETWORK_DOWN)),
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
