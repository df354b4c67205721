/** Runs the machine: sockets, timers and listeners are subscriptions that its effects make and end. */
import { either as E } from 'fp-ts';
import {
  EMPTY,
  NEVER,
  Observable,
  ReplaySubject,
  Subject,
  Subscription,
  defer,
  endWith,
  fromEvent,
  ignoreElements,
  map,
  merge,
  mergeMap,
  share,
  takeUntil,
  type Subscriber,
} from 'rxjs';
import {
  decodeServerFrame,
  encodeFrame,
  subprotocols,
  type ClientCommand,
  type Frame,
  type ServerCommand,
  type Subprotocol,
} from '../../codecs/index.js';
import { aborted } from '../aborted.js';
import type { Clock } from '../clock.js';
import type { Fault } from '../faults.js';
import type { Backoff } from './backoff.js';
import type { Connection } from './connection.js';
import { attempts, type Unusable } from './attempts.js';
import type { Fetch } from './endpoints.js';
import { createHolding } from './holding.js';
import { implementation } from './implementation.js';
import { silence } from './liveness.js';
import { initial, transition, type Effect, type Input, type Machine } from './machine.js';
import { createMeter } from './meter.js';
import { createRequests } from './requests.js';
import { runToCompletion } from './run-to-completion.js';
import { canPause, type SocketEvent, type WebSocketConstructor, type Wire } from './socket.js';
import type { ConnectionEvent, ConnectionState } from './state.js';

export type { Fetch } from './endpoints.js';
export type { WebSocketConstructor } from './socket.js';

export interface ConnectionOptions {
  readonly appId: string;
  readonly server: string | readonly string[];
  readonly noBinary?: boolean;
  readonly offlineMessages?: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: Backoff;
  /** ms. Default 10,000. */
  readonly minUptime?: number;
  /** How long one address may take to open, ms. Default 10,000. */
  readonly connectTimeout?: number;
  /** ms. */
  readonly commandTimeout: number;
  /** ms. */
  readonly grace: number;
  readonly heartbeat?: HeartbeatOptions;
  readonly network$?: Observable<boolean>;
  readonly webSocket?: WebSocketConstructor;
  readonly fetch?: Fetch;
  readonly signal?: AbortSignal;
}

/** How a dead peer is noticed: at the latest after twice the interval and the patience. */
export interface HeartbeatOptions {
  /** How often is looked whether anything was heard, ms. Default 12,000. */
  readonly interval?: number;
  /** How long the answer to a heartbeat may take, ms. Default 15,000. */
  readonly patience?: number;
}

const MIN_UPTIME = 10_000;
const HEARTBEAT = { interval: 12_000, patience: 15_000 };

/** What the platform says of the network: browsers do, others are taken to have one. */
const platformNetwork$: Observable<boolean> = defer(() => {
  const target: unknown = globalThis;
  const browser = typeof (target as { readonly addEventListener?: unknown }).addEventListener === 'function' && 'document' in globalThis;
  return browser
    ? merge(fromEvent(globalThis, 'online').pipe(map(() => true)), fromEvent(globalThis, 'offline').pipe(map(() => false)))
    : NEVER;
});

/** Nothing comes after these states. */
const isOver = ({ _tag }: ConnectionState): boolean => _tag === 'Closed' || _tag === 'Failed';

/** Why a command can't be written now, in words. */
const unavailable = (state: ConnectionState): string => {
  switch (state._tag) {
    case 'Scheduled':
      return `${state.reason.reason}; the next attempt is in ${state.delay} ms`;
    case 'Offline':
      return state.reason === 'paused' ? 'the realtime is paused' : 'there is no network';
    case 'Failed':
      return state.error.message;
    case 'Closed':
      return 'the realtime was closed';
    default:
      return 'the connection is not open yet';
  }
};

/** How frames are written, and what a login brings. */
const subprotocolOf = ({ noBinary = false, offlineMessages = false }: ConnectionOptions): Subprotocol => {
  if (offlineMessages) return noBinary ? subprotocols.base64Offline : subprotocols.binaryOffline;
  return noBinary ? subprotocols.base64 : subprotocols.binary;
};

/** Creates the connection of a realtime. Does nothing until the first lease. */
export const createConnection = (options: ConnectionOptions): Connection => {
  const { clock, random, grace } = options;
  const subprotocol = subprotocolOf(options);
  const step = transition({ backoff: options.backoff, minUptime: options.minUptime ?? MIN_UPTIME });

  const states = new ReplaySubject<ConnectionState>(1);
  const events = new Subject<ConnectionEvent>();
  const sessionEvents = new Subject<ConnectionEvent>();
  const faults = new Subject<Fault>();
  const receivers = new Map<string, Subscriber<ServerCommand>>();

  let machine: Machine = initial;
  let wire: Wire | undefined;
  let socket = Subscription.EMPTY;
  let reading = Subscription.EMPTY;
  let timer = Subscription.EMPTY;
  let watching = Subscription.EMPTY;
  states.next(machine.state);

  // A serial makes it a request for the server; whatever it answers with counts.
  const beat = (): void => void send({ cmd: 'echo', i: 0x7fffffff });
  const meter = createMeter(clock);
  const holding = createHolding({ clock, beat, heard: meter.heard });

  const use = (next: Wire | undefined): void => {
    wire = next;
    holding.use(next);
  };

  const dialling = attempts({
    ...options,
    subprotocol: subprotocol.name,
    onRouterFailure: (error) => {
      faults.next({ _tag: 'Endpoints', error });
    },
  });

  // It is the socket that is waited for, so that time stands still while it does.
  const requests = createRequests({
    clock: holding.clock,
    timeout: options.commandTimeout,
    write: (command) => (send(command) ? undefined : unavailable(machine.state)),
    answered: meter.answered,
  });

  const send = (command: ClientCommand): boolean => {
    if (machine.state._tag !== 'Connected' || wire === undefined) return false;
    const frame = encodeFrame(command, subprotocol);
    meter.sent(frame);
    wire.send(frame);
    return true;
  };

  const push = (command: ServerCommand): void => {
    const receiver = command.peerId === undefined ? receivers.values().next().value : receivers.get(command.peerId);
    receiver?.next(command);
  };

  const receive = (frame: Frame): void => {
    meter.received(frame);
    const decoded = decodeServerFrame(frame);
    if (E.isLeft(decoded)) {
      faults.next({ _tag: 'Frame', error: decoded.left });
      return;
    }
    const command = decoded.right;
    if (command.cmd === 'unsupported') {
      faults.next({ _tag: 'Unsupported', kind: command.kind, ...(command.peerId === undefined ? {} : { clientId: command.peerId }) });
    } else if (command.i !== undefined && command.i !== 0) {
      if (!requests.settle(command.i, command) && command.cmd !== 'echo')
        faults.next({ _tag: 'Unexpected', kind: command.cmd, serial: command.i });
    } else if (command.cmd === 'goaway') dispatch({ _tag: 'Goaway' });
    else if (command.cmd === 'error')
      faults.next({ _tag: 'Unsupported', kind: `error ${command.errorMessage.code} ${command.errorMessage.reason}` });
    else push(command);
  };

  const onSocket = (epoch: number, event: SocketEvent | Unusable): void => {
    switch (event._tag) {
      case 'Opened':
        use(event.wire);
        reading = event.wire.frames$.subscribe(receive);
        dispatch({ _tag: 'Opened', epoch });
        return;
      case 'Lost':
      case 'Unusable':
        dispatch({ ...event, epoch });
    }
  };

  const watch = (epoch: number): Subscription =>
    silence({
      ...HEARTBEAT,
      ...options.heartbeat,
      clock: holding.clock,
      heard: meter.heard,
      beat,
    }).subscribe(() => {
      dispatch({ _tag: 'Silent', epoch });
    });

  const carryOut = (effect: Effect): void => {
    switch (effect._tag) {
      case 'Dial':
        use(undefined);
        reading.unsubscribe();
        socket.unsubscribe();
        socket = dialling.attempt$.subscribe((event) => {
          onSocket(effect.epoch, event);
        });
        return;
      case 'Hangup':
        use(undefined);
        reading.unsubscribe();
        socket.unsubscribe();
        return;
      case 'Wait':
        timer = clock.after(effect.delay).subscribe(() => {
          dispatch({ _tag: 'Due' });
        });
        return;
      case 'StopWaiting':
        timer.unsubscribe();
        return;
      case 'ForgetEndpoints':
        dialling.forget();
    }
  };

  const dispatch = runToCompletion((input: Input): void => {
    const before = machine.state;
    const next = step(machine, input, { now: clock.now(), elapsed: clock.elapsed(), random });
    machine = next.machine;
    const { state } = machine;
    if (state !== before) {
      if (before._tag === 'Connected') watching.unsubscribe();
      states.next(state);
    }
    for (const event of next.events) {
      if (event._tag === 'retry') meter.retried();
      events.next(event);
      sessionEvents.next(event);
    }
    if (before._tag === 'Connected' && state !== before) {
      use(undefined);
      requests.failAll(unavailable(state));
    }
    next.effects.forEach(carryOut);
    if (state !== before && state._tag === 'Connected') watching = watch(machine.epoch);
    if (state._tag === 'Closed' || state._tag === 'Failed')
      for (const subject of [states, events, sessionEvents, faults]) subject.complete();
  });

  const network$ = (options.network$ ?? platformNetwork$).pipe(
    map((up) => {
      dispatch({ _tag: up ? 'NetworkUp' : 'NetworkDown' });
    }),
    ignoreElements(),
  );

  const aborting$ = aborted(options.signal).pipe(
    map(() => {
      dispatch({ _tag: 'Close' });
    }),
    ignoreElements(),
  );

  const opening$ = new Observable<never>(() => {
    dispatch({ _tag: 'Open' });
    return () => {
      dispatch({ _tag: 'Release' });
    };
  });

  /** Emits when the connection is closed for good; errors where it has failed. */
  const ended$ = states.pipe(
    mergeMap((state): Observable<never> => {
      if (state._tag === 'Failed') throw state.error;
      return EMPTY;
    }),
    endWith(undefined),
  );

  return {
    state$: states.asObservable(),
    events$: events.asObservable(),
    sessionEvents$: sessionEvents.asObservable(),
    faults$: faults.asObservable(),
    lease$: merge(network$, aborting$, opening$).pipe(
      takeUntil(ended$),
      share({ resetOnRefCountZero: () => (isOver(machine.state) ? EMPTY : clock.after(grace)) }),
    ),
    pushes: (clientId) =>
      new Observable<ServerCommand>((subscriber) => {
        receivers.set(clientId, subscriber);
        subscriber.add(() => {
          if (receivers.get(clientId) === subscriber) receivers.delete(clientId);
        });
      }),
    request: (command, answer, requestOptions = {}) => requests.request(command, answer, requestOptions),
    send,
    capabilities$: implementation(options.webSocket).pipe(map((Implementation) => ({ pause: canPause(Implementation) }))),
    hold: holding.hold,
    health: () => ({ ...meter.read(), inFlight: requests.size() }),
    retry: () => {
      dispatch({ _tag: 'Retry' });
    },
    pause: () => {
      dispatch({ _tag: 'Pause' });
    },
    resume: () => {
      dispatch({ _tag: 'Resume' });
    },
    close: () => {
      dispatch({ _tag: 'Close' });
    },
  };
};
