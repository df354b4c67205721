/** Connections over a scripted network, in virtual time. */
import { NEVER } from 'rxjs';
import { exponential } from '../../src/connection/backoff.js';
import type { Connection } from '../../src/connection/connection.js';
import { createConnection, type ConnectionOptions } from '../../src/connection/create-connection.js';
import type { ConnectionEvent, ConnectionState } from '../../src/connection/state.js';
import type { FakeNetwork } from '../fake-web-socket.js';
import { marbles, virtualClock } from '../marbles.js';

export const connectionOver = (
  network: Pick<FakeNetwork, 'WebSocket'>,
  change: Partial<ConnectionOptions> = {},
): Connection =>
  createConnection({
    appId: 'app',
    server: 'ws://server',
    webSocket: network.WebSocket,
    clock: virtualClock,
    random: () => 0.5,
    backoff: exponential({ jitter: false }),
    commandTimeout: 20_000,
    grace: 5_000,
    network$: NEVER,
    lifecycle$: NEVER,
    ...change,
  });

/** An event or a state as the guide writes it. */
const words = (told: ConnectionEvent | ConnectionState): string => {
  switch (told._tag) {
    case 'schedule':
    case 'Scheduled':
      return `${told._tag} attempt=${told.attempt} delay=${told.delay}`;
    case 'retry':
    case 'Retrying':
      return `${told._tag} attempt=${told.attempt}`;
    default:
      return told._tag;
  }
};

/** The events with their times: `1000 realtime schedule attempt=0 delay=1000`. */
export const trace = (connection: Connection): string[] => {
  const lines: string[] = [];
  // The client subscribes first, but still gets every event after the realtime.
  connection.sessionEvents$.subscribe((event) => lines.push(`${virtualClock.now()} client ${words(event)}`));
  connection.events$.subscribe((event) => lines.push(`${virtualClock.now()} realtime ${words(event)}`));
  return lines;
};

export const statesOf = (connection: Connection): string[] => {
  const states: string[] = [];
  connection.state$.subscribe((state) => states.push(words(state)));
  return states;
};

/** Runs a scenario in virtual time: each job at its time, then the check at the end. */
export const scenario = (jobs: Readonly<Record<number, () => void>>, end: number, check: () => void): void => {
  marbles(() => {
    for (const [at, job] of Object.entries(jobs)) virtualClock.after(Number(at)).subscribe(job);
    virtualClock.after(end).subscribe(check);
  });
};

export const held = (connection: Connection): void => {
  connection.lease$.subscribe({ error: () => undefined });
};
