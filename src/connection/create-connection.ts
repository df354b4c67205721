/** Interprets the machine: its effects start and end the subscriptions to sockets, timers and listeners. */
import {
  EMPTY,
  Observable,
  ReplaySubject,
  Subject,
  Subscription,
  defer,
  distinctUntilChanged,
  of,
  share,
  throwError,
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
import { defined } from '../../codecs/defined.js';
import { aborted } from '../aborted.js';
import type { Clock } from '../clock.js';
import type { Fault } from '../faults.js';
import type { Backoff } from './backoff.js';
import type { Connection } from './connection.js';
import { attempts, type Unusable } from './attempts.js';
import type { Fetch } from './fetch.js';
import { guarded, reasonOf } from '../thrown.js';
import { unavailable } from './unavailable.js';
import { createHolding } from './holding.js';
import { implementation } from './implementation.js';
import { silence } from './liveness.js';
import { initial, transition, type Effect, type Input, type Machine } from './machine.js';
import { createMeter } from './meter.js';
import { noticingClock } from './noticing-clock.js';
import { pageLifecycle$, pageNetwork$, type Lifecycle } from './page.js';
import { probe } from './probe.js';
import { createRequests } from './requests.js';
import { runToCompletion } from './run-to-completion.js';
import { canPause, type SocketEvent, type WebSocketConstructor, type Wire } from './socket.js';
import type { ConnectionEvent, ConnectionState } from './state.js';

export type { Fetch } from './fetch.js';
export type { WebSocketConstructor } from './socket.js';

export interface ConnectionOptions {
  readonly appId: string;
  readonly server: string | readonly string[];
  readonly noBinary?: boolean;
  readonly offlineMessages?: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: Backoff;
  /** A connection that lasted so long resets the attempt counter, ms. Default 10,000. */
  readonly minUptime?: number;
  /** How long one address may take to open, ms. Default 10,000. */
  readonly connectTimeout?: number;
  /** How long a command waits for its answer, ms. */
  readonly commandTimeout: number;
  /** How long the connection stays open after its last lease, ms. */
  readonly grace: number;
  readonly heartbeat?: HeartbeatOptions;
  readonly network$?: Observable<boolean>;
  readonly lifecycle$?: Observable<Lifecycle>;
  readonly webSocket?: WebSocketConstructor | undefined;
  readonly fetch?: Fetch;
  readonly signal?: AbortSignal;
}

/** How a dead server is noticed. It takes at most twice the interval plus the patience. */
export interface HeartbeatOptions {
  /** Time between two checks whether a frame has arrived, ms. Default 12,000. */
  readonly interval?: number;
  /** How long the answer to a heartbeat may take, ms. Default 15,000. */
  readonly patience?: number;
  /**
   * How long the answer to a probe may take, ms. A probe is a heartbeat that is sent at once: on waking, and by
   * `probe()` and `retry()`. Default 5,000.
   */
  readonly probePatience?: number;
}

const MIN_UPTIME = 10_000;
const HEARTBEAT = { interval: 12_000, patience: 15_000, probePatience: 5_000 };

/** Nothing follows these states. */
const isOver = ({ _tag }: ConnectionState): boolean => _tag === 'Closed' || _tag === 'Failed';

/** The subprotocol for the options: how frames are encoded, and whether a login brings counts or messages. */
const subprotocolOf = ({ noBinary, offlineMessages }: ConnectionOptions): Subprotocol =>
  subprotocols[`${noBinary === true ? 'base64' : 'binary'}${offlineMessages === true ? 'Offline' : ''}`];

/** Creates the connection of a realtime. It does nothing until the first lease. */
export const createConnection = (options: ConnectionOptions): Connection => {
  const { random, grace } = options;
  const subprotocol = subprotocolOf(options);
  /** Timers that say nothing of the server. The others wake the machine if they are very late. */
  const plainClock = options.clock;
  const clock = noticingClock(plainClock, () => dispatch({ _tag: 'Wake' }));
  const step = transition({ backoff: options.backoff, minUptime: options.minUptime ?? MIN_UPTIME });

  const states = new ReplaySubject<ConnectionState>(1);
  const events = new Subject<ConnectionEvent>();
  const sessionEvents = new Subject<ConnectionEvent>();
  const faults = new Subject<Fault>();
  const probes = new Subject<void>();
  const receivers = new Map<string, Subscriber<ServerCommand>>();

  let machine: Machine = initial;
  let wire: Wire | undefined;
  let socket = Subscription.EMPTY;
  let reading = Subscription.EMPTY;
  let timer = Subscription.EMPTY;
  let watching = Subscription.EMPTY;
  states.next(machine.state);

  // The serial makes the echo a request, so that the server answers. Any frame counts as the answer.
  const beat = (): void => void send({ cmd: 'echo', i: 0x7fffffff });
  const meter = createMeter(clock);
  const holding = createHolding({ clock, beat, heard: meter.heard });

  const use = (next: Wire | undefined): void => {
    wire = next;
    holding.use(next);
  };

  const dialling = attempts({
    ...options,
    clock,
    subprotocol: subprotocol.name,
    onRouterFailure: (error) => {
      faults.next({ _tag: 'Endpoints', error });
    },
  });

  // Requests wait for the socket. Their time limits stand still while the socket is paused.
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
    if (decoded._tag === 'Left') {
      faults.next({ _tag: 'Frame', error: decoded.left });
      return;
    }
    const command = decoded.right;
    if (command.cmd === 'unsupported') {
      faults.next({ _tag: 'Unsupported', ...defined({ kind: command.kind, clientId: command.peerId }) });
    } else if (command.i !== undefined && command.i !== 0) {
      if (!requests.settle(command.i, command) && command.cmd !== 'echo')
        faults.next({ _tag: 'Unexpected', kind: command.cmd, serial: command.i });
    } else if (command.cmd === 'goaway') dispatch({ _tag: 'Goaway' });
    else if (command.cmd === 'error')
      faults.next({ _tag: 'Unsupported', kind: `error ${command.errorMessage.code} ${command.errorMessage.reason}` });
    else push(command);
  };

  const onSocket = (epoch: number, event: SocketEvent | Unusable): void => {
    if (event._tag !== 'Opened') dispatch({ ...event, epoch });
    else {
      use(event.wire);
      reading = event.wire.frames$.subscribe(guarded(receive, (error) => faults.next({ _tag: 'Internal', error })));
      dispatch({ _tag: 'Opened', epoch });
    }
  };

  const watch = (epoch: number): Subscription =>
    silence({
      ...HEARTBEAT,
      ...options.heartbeat,
      clock: holding.clock,
      heard: meter.heard,
      beat,
      probe$: probes,
    }).subscribe(() => {
      dispatch({ _tag: 'Silent', epoch });
    });

  const hangUp = (): void => {
    use(undefined);
    reading.unsubscribe();
    socket.unsubscribe();
  };

  const carryOut = (effect: Effect): void => {
    switch (effect._tag) {
      case 'Dial':
        hangUp();
        socket = dialling.attempt$.subscribe((event) => {
          onSocket(effect.epoch, event);
        });
        return;
      case 'Hangup':
        hangUp();
        return;
      case 'Wait':
        timer = plainClock.after(effect.delay).subscribe(() => {
          dispatch({ _tag: 'Due' });
        });
        return;
      case 'StopWaiting':
        timer.unsubscribe();
        return;
      case 'Probe':
        probes.next();
        return;
      case 'ForgetEndpoints':
        dialling.leave();
    }
  };

  const dispatch = runToCompletion((input: Input): void => {
    const before = machine.state;
    const next = step(machine, input, { now: clock.now(), elapsed: clock.elapsed(), random });
    machine = next.machine;
    const { state } = machine;
    const isChanged = state !== before;
    const isLost = isChanged && before._tag === 'Connected';
    if (isLost) watching.unsubscribe();
    if (isChanged) states.next(state);
    for (const event of next.events) {
      if (event._tag === 'retry') meter.retried();
      events.next(event);
      sessionEvents.next(event);
    }
    if (isLost) {
      use(undefined);
      requests.failAll(unavailable(state));
    }
    next.effects.forEach(carryOut);
    if (isChanged && state._tag === 'Connected') watching = watch(machine.epoch);
    if (isOver(state)) for (const subject of [states, events, sessionEvents, faults]) subject.complete();
  });

  /** The application asks for it. */
  const asks = (_tag: 'Retry' | 'Pause' | 'Resume' | 'Close') => (): void => dispatch({ _tag });

  /** A stream of the application must not end its clients: the connection goes on as if it told nothing. */
  const hasFailed = (option: string, _tag: 'NetworkUp' | 'Wake') => (thrown: unknown) => {
    faults.next({ _tag: 'Internal', error: new Error(`${option} has failed: ${reasonOf(thrown)}`) });
    dispatch({ _tag });
  };

  /** Ends with the connection. Reacts to the network and to the abort signal until then. */
  const follow = (subscriber: Subscriber<never>): void => {
    subscriber.add(
      states.subscribe({
        next: (state) => {
          if (state._tag === 'Failed') subscriber.error(state.error);
        },
        complete: () => subscriber.complete(),
      }),
    );
    if (subscriber.closed) return;
    subscriber.add(
      (options.network$ ?? pageNetwork$).pipe(distinctUntilChanged()).subscribe({
        next: (up) => dispatch({ _tag: up ? 'NetworkUp' : 'NetworkDown' }),
        error: hasFailed('network$', 'NetworkUp'),
      }),
    );
    subscriber.add(
      (options.lifecycle$ ?? pageLifecycle$).subscribe({
        next: (change) => dispatch({ _tag: change === 'freeze' ? 'Freeze' : 'Wake' }),
        error: hasFailed('lifecycle$', 'Wake'),
      }),
    );
    subscriber.add(aborted(options.signal).subscribe(asks('Close')));
  };

  /** Cold: the connection is wanted while this is subscribed to. */
  const wanted$ = new Observable<never>((subscriber) => {
    follow(subscriber);
    if (!subscriber.closed) dispatch({ _tag: 'Open' });
    return () => dispatch({ _tag: 'Release' });
  });

  return {
    state$: states.asObservable(),
    events$: events.asObservable(),
    sessionEvents$: sessionEvents.asObservable(),
    faults$: faults.asObservable(),
    lease$: wanted$.pipe(
      share({ resetOnRefCountZero: () => (isOver(machine.state) ? EMPTY : plainClock.after(grace)) }),
    ),
    pushes: (clientId) =>
      new Observable<ServerCommand>((subscriber) => {
        receivers.set(clientId, subscriber);
        subscriber.add(() => {
          if (receivers.get(clientId) === subscriber) receivers.delete(clientId);
        });
      }),
    ask: requests.ask,
    abandon: requests.abandon,
    request: requests.request,
    send,
    capabilities$: defer(() => {
      const Implementation = implementation(options.webSocket);
      return typeof Implementation === 'function'
        ? of({ pause: canPause(Implementation) })
        : throwError(() => Implementation);
    }),
    hold: holding.hold,
    health: () => ({ ...meter.read(), inFlight: requests.size() }),
    retry: asks('Retry'),
    probe$: probe({ state$: states, frame$: meter.heard.frame$, retry: asks('Retry'), unavailable }),
    pause: asks('Pause'),
    resume: asks('Resume'),
    close: asks('Close'),
  };
};
