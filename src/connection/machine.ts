/** The connection as data: which input leads from which state to which, and what is told and done on the way. Pure and total. */
import { ServerRejected, type RealtimeError } from '../errors.js';
import type { Backoff } from './backoff.js';
import { closeCodeClass, closeCodes } from './close-codes.js';
import type { CloseReason, ConnectionEvent, ConnectionState } from './state.js';

/** What the machine reacts to. Inputs of a socket carry its epoch: those of an old socket are ignored. */
export type Input =
  /** Somebody wants a connection. */
  | { readonly _tag: 'Open' }
  /** Nobody does any more. */
  | { readonly _tag: 'Release' }
  /** For good. */
  | { readonly _tag: 'Close' }
  | { readonly _tag: 'Opened'; readonly epoch: number }
  /** The socket closed, or none of the addresses could be reached. */
  | { readonly _tag: 'Lost'; readonly epoch: number; readonly reason: CloseReason }
  /** No address can ever work. */
  | { readonly _tag: 'Unusable'; readonly epoch: number; readonly error: RealtimeError }
  /** The peer has been silent for too long. */
  | { readonly _tag: 'Silent'; readonly epoch: number }
  /** The server wants us to look its addresses up again and reconnect. */
  | { readonly _tag: 'Goaway' }
  /** The wait is over. */
  | { readonly _tag: 'Due' }
  | { readonly _tag: 'Retry' }
  | { readonly _tag: 'Pause' }
  | { readonly _tag: 'Resume' }
  | { readonly _tag: 'NetworkDown' }
  | { readonly _tag: 'NetworkUp' };

/** What has to be done; the interpreter does it. */
export type Effect =
  /** Open a socket; an older one has been hung up. */
  | { readonly _tag: 'Dial'; readonly epoch: number }
  | { readonly _tag: 'Hangup' }
  /** `Due` after `delay` ms. */
  | { readonly _tag: 'Wait'; readonly delay: number }
  | { readonly _tag: 'StopWaiting' }
  | { readonly _tag: 'ForgetEndpoints' };

/** The public state and what has to be remembered beside it. */
export interface Machine {
  readonly state: ConnectionState;
  /** Number of the newest socket. */
  readonly epoch: number;
  /** Number of the next attempt. */
  readonly attempt: number;
  /** Since it is wanted, it has been connected before. */
  readonly connectedBefore: boolean;
  /** When it was last connected, by the monotonic clock. */
  readonly connectedAt: number;
  readonly paused: boolean;
  readonly network: boolean;
}

/** Time and chance, at the moment of the input. */
export interface Environment {
  /** ms since 1970. */
  readonly now: number;
  /** Monotonic, ms. */
  readonly elapsed: number;
  readonly random: () => number;
}

export interface Policy {
  readonly backoff: Backoff;
  /** A connection that held so long, in ms, starts the attempt counter again. */
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
type Step<A extends Input> = (machine: Machine, input: A, environment: Environment, policy: Policy) => Transition;

/** One place of the table: where this input may lead from this state, and how. */
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

const result = (machine: Machine, events: readonly ConnectionEvent[] = [], effects: readonly Effect[] = []): Transition => ({
  machine,
  events,
  effects,
});

const HANGUP: Effect = { _tag: 'Hangup' };
const STOP_WAITING: Effect = { _tag: 'StopWaiting' };

const dial = (
  machine: Machine,
  state: ConnectionState,
  events: readonly ConnectionEvent[] = [],
  effects: readonly Effect[] = [],
): Transition => {
  const epoch = machine.epoch + 1;
  return result({ ...machine, state, epoch }, events, [...effects, { _tag: 'Dial', epoch }]);
};

const schedule = (
  machine: Machine,
  reason: CloseReason,
  { now, random }: Environment,
  { backoff }: Policy,
  before: readonly ConnectionEvent[] = [],
  effects: readonly Effect[] = [],
): Transition => {
  const { attempt } = machine;
  const delay = backoff(attempt, random);
  return result(
    { ...machine, attempt: attempt + 1, state: { _tag: 'Scheduled', attempt, delay, dueAt: now + delay, reason } },
    [...before, { _tag: 'schedule', attempt, delay }],
    [...effects, { _tag: 'Wait', delay }],
  );
};

const offline = (machine: Machine): ConnectionState => ({ _tag: 'Offline', reason: machine.paused ? 'paused' : 'network' });

/** The inputs that only change what is remembered of pausing and of the network. */
const remember = {
  Pause: (machine: Machine): Machine => ({ ...machine, paused: true }),
  Resume: (machine: Machine): Machine => ({ ...machine, paused: false }),
  NetworkDown: (machine: Machine): Machine => ({ ...machine, network: false }),
  NetworkUp: (machine: Machine): Machine => ({ ...machine, network: true }),
};

const cell = <A extends Input = Input>(to: readonly StateTag[], step: Step<A>): Cell<A> => ({ to, step });

/** The input says nothing in this state. */
const ignored: Cell = cell([], (machine) => result(machine));

/** An input of a socket that is not the newest one says nothing. */
const ofSocket = <A extends Extract<Input, { readonly epoch: number }>>(to: readonly StateTag[], step: Step<A>): Cell<A> =>
  cell(to, (machine, input, environment, policy) =>
    input.epoch === machine.epoch ? step(machine, input, environment, policy) : result(machine),
  );

const note = (change: (machine: Machine) => Machine): Cell => cell([], (machine) => result(change(machine)));

/** To a state that holds no socket and no timer, letting go of what the old one holds. */
const leave = (to: 'Idle' | 'Closed', effects: readonly Effect[]): Cell =>
  cell([to], (machine) => result({ ...machine, state: { _tag: to }, attempt: 0, connectedBefore: false }, [], effects));

const goOffline = (change: (machine: Machine) => Machine, events: readonly ConnectionEvent[], effects: readonly Effect[]): Cell =>
  cell(['Offline'], (machine) => {
    const changed = change(machine);
    return result({ ...changed, state: offline(changed) }, [...events, { _tag: 'offline' }], effects);
  });

const AWAY: CloseReason = { code: 1006, reason: 'the network went away' };
const PAUSED: CloseReason = { code: 1000, reason: 'paused' };
const SILENT: CloseReason = { code: 1006, reason: 'the server has been silent for too long' };
const GOAWAY: CloseReason = { code: 1001, reason: 'the server asked to reconnect' };

const fatal = ({ code, reason }: CloseReason): ServerRejected => {
  const known = closeCodes.get(code);
  return new ServerRejected(code, known?.name ?? 'CLOSED', known?.advice ?? reason);
};

/** After a connection that held, attempts are counted from 0 again; after one that did not, counting goes on, so that a server that accepts and drops is not hammered. */
const disconnected = (
  machine: Machine,
  reason: CloseReason,
  environment: Environment,
  policy: Policy,
  effects: readonly Effect[] = [],
): Transition => {
  const held = environment.elapsed - machine.connectedAt >= policy.minUptime;
  return schedule(
    { ...machine, attempt: held ? 0 : machine.attempt },
    reason,
    environment,
    policy,
    [{ _tag: 'disconnect', reason }],
    effects,
  );
};

const failedAttempt = ofSocket<InputOf<'Lost'>>(['Scheduled'], (machine, { reason }, environment, policy) =>
  schedule(machine, reason, environment, policy),
);

const unusable = ofSocket<InputOf<'Unusable'>>(['Failed'], (machine, { error }) =>
  result({ ...machine, state: { _tag: 'Failed', error } }),
);

const connected = (machine: Machine, { now, elapsed }: Environment, events: readonly ConnectionEvent[]): Transition =>
  result(
    { ...machine, state: { _tag: 'Connected', resumed: machine.connectedBefore, since: now }, connectedBefore: true, connectedAt: elapsed },
    events,
  );

/** Both reasons to be offline have to be gone. */
const comeBack = (change: (machine: Machine) => Machine): Cell =>
  cell(['Offline', 'Scheduled'], (machine, _input, environment, policy) => {
    const changed = change(machine);
    return changed.paused || !changed.network
      ? result({ ...changed, state: offline(changed) })
      : schedule({ ...changed, attempt: 0 }, changed.paused === machine.paused ? AWAY : PAUSED, environment, policy, [{ _tag: 'online' }]);
  });

const retryNow = cell(['Retrying'], (machine) =>
  dial({ ...machine, attempt: 1 }, { _tag: 'Retrying', attempt: 0 }, [{ _tag: 'retry', attempt: 0 }], [STOP_WAITING]),
);

const due = cell(['Retrying'], (machine) => {
  const attempt = machine.attempt - 1;
  return dial(machine, { _tag: 'Retrying', attempt }, [{ _tag: 'retry', attempt }]);
});

/** Without a network, wanting a connection is all that can be done. */
const open = cell(['Connecting', 'Offline'], (machine) =>
  machine.paused || !machine.network
    ? result({ ...machine, state: offline(machine) }, [{ _tag: 'offline' }])
    : dial(machine, { _tag: 'Connecting' }),
);

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

/** What ends an attempt, first or later, before it has succeeded. */
const attempting = {
  Open: ignored,
  Release: leave('Idle', [HANGUP]),
  Close: leave('Closed', [HANGUP]),
  Lost: failedAttempt,
  Unusable: unusable,
  Silent: ignored,
  Goaway: ignored,
  Due: ignored,
  Retry: ignored,
  Pause: goOffline(remember.Pause, [], [HANGUP]),
  Resume: note(remember.Resume),
  NetworkDown: goOffline(remember.NetworkDown, [], [HANGUP]),
  NetworkUp: note(remember.NetworkUp),
};

/** Every state, every input: the compiler sees to it that no place is left out. */
export const table: Table = {
  Idle: {
    ...last,
    Open: open,
    Close: leave('Closed', []),
    Pause: note(remember.Pause),
    Resume: note(remember.Resume),
    NetworkDown: note(remember.NetworkDown),
    NetworkUp: note(remember.NetworkUp),
  },
  Connecting: {
    ...attempting,
    Opened: ofSocket(['Connected'], (machine, _input, environment) => connected(machine, environment, [])),
  },
  Retrying: {
    ...attempting,
    Opened: ofSocket(['Connected'], (machine, _input, environment) => connected(machine, environment, [{ _tag: 'reconnect' }])),
  },
  Connected: {
    Open: ignored,
    Release: leave('Idle', [HANGUP]),
    Close: leave('Closed', [HANGUP]),
    Opened: ignored,
    Lost: ofSocket<InputOf<'Lost'>>(['Scheduled', 'Failed'], (machine, { reason }, environment, policy) =>
      closeCodeClass(reason.code) === 'fatal'
        ? result({ ...machine, state: { _tag: 'Failed', error: fatal(reason) } }, [{ _tag: 'disconnect', reason }])
        : disconnected(machine, reason, environment, policy),
    ),
    Unusable: ignored,
    Silent: ofSocket(['Scheduled'], (machine, _input, environment, policy) => disconnected(machine, SILENT, environment, policy, [HANGUP])),
    Goaway: cell(['Scheduled'], (machine, _input, environment, policy) =>
      disconnected(machine, GOAWAY, environment, policy, [HANGUP, { _tag: 'ForgetEndpoints' }]),
    ),
    Due: ignored,
    Retry: ignored,
    Pause: goOffline(remember.Pause, [{ _tag: 'disconnect', reason: PAUSED }], [HANGUP]),
    Resume: note(remember.Resume),
    NetworkDown: goOffline(remember.NetworkDown, [{ _tag: 'disconnect', reason: AWAY }], [HANGUP]),
    NetworkUp: note(remember.NetworkUp),
  },
  Scheduled: {
    ...last,
    Release: leave('Idle', [STOP_WAITING]),
    Close: leave('Closed', [STOP_WAITING]),
    Due: due,
    Retry: retryNow,
    Pause: goOffline(remember.Pause, [], [STOP_WAITING]),
    Resume: note(remember.Resume),
    NetworkDown: goOffline(remember.NetworkDown, [], [STOP_WAITING]),
    NetworkUp: note(remember.NetworkUp),
  },
  Offline: {
    ...last,
    Release: leave('Idle', []),
    Close: leave('Closed', []),
    Pause: cell(['Offline'], (machine) => result({ ...machine, paused: true, state: { _tag: 'Offline', reason: 'paused' } })),
    Resume: comeBack(remember.Resume),
    NetworkDown: cell(['Offline'], (machine) => result({ ...machine, network: false, state: offline({ ...machine, network: false }) })),
    NetworkUp: comeBack(remember.NetworkUp),
  },
  Closed: last,
  Failed: last,
};

/** One step: the machine after an input, the events to tell, in order, and the effects to carry out, in order. */
export const transition =
  (policy: Policy) =>
  (machine: Machine, input: Input, environment: Environment): Transition => {
    // The table pairs each input with a step that takes it; TypeScript can't follow the pairing through the lookup.
    const { step } = table[machine.state._tag][input._tag] as Cell;
    return step(machine, input, environment, policy);
  };
