/** The figures of a server for Prometheus. Nothing is done for them between two scrapes. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CallFigures } from '../counts.js';
import type { ServerStats } from '../stats.js';

export interface Metrics {
  readonly contentType: string;
  /** The figures of now. */
  readonly text: () => Promise<string>;
}

type Counted = Readonly<Record<string, number>>;
type Calls = Readonly<Record<string, CallFigures>>;

const PREFIX = 'rx_realtime_';
const SECOND = 1_000;

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

const valuesOf = (calls: Calls, name: string, label: string): readonly Value[] =>
  Object.entries(calls).flatMap(([call, { calls: all, ms, within }]) => [
    ...within.map(([bound, count]) => ({
      metricName: `${name}_bucket`,
      labels: { [label]: call, le: bound / SECOND },
      value: count,
    })),
    { metricName: `${name}_bucket`, labels: { [label]: call, le: '+Inf' }, value: all },
    { metricName: `${name}_sum`, labels: { [label]: call }, value: ms / SECOND },
    { metricName: `${name}_count`, labels: { [label]: call }, value: all },
  ]);

/** A histogram of what the server has counted already. */
class CountedHistogram extends Histogram {
  constructor(
    private readonly configuration: ConstructorParameters<typeof Histogram>[0],
    private readonly counted: () => readonly Value[],
  ) {
    super(configuration);
  }

  /** The registry reads a histogram in this form. */
  getForPromString(): Promise<object> {
    const { name, help } = this.configuration;
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values: this.counted() });
  }
}

/** `read` gives the figures. Every label has a bounded set of values: none comes from a client. */
export const createMetrics = (read: () => Promise<ServerStats>, version: string): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  let stats: ServerStats | undefined;
  const registers = [registry];

  const gauge = (name: string, help: string, of: (stats: ServerStats) => number): void => {
    new Gauge({
      name: PREFIX + name,
      help,
      registers,
      collect() {
        if (stats !== undefined) this.set(of(stats));
      },
    });
  };
  const counter = (name: string, help: string, of: (stats: ServerStats) => number): void => {
    new Counter({
      name: PREFIX + name,
      help,
      registers,
      collect() {
        this.reset();
        if (stats !== undefined) this.inc(of(stats));
      },
    });
  };
  const counters = (name: string, label: string, help: string, of: (stats: ServerStats) => Counted): void => {
    new Counter({
      name: PREFIX + name,
      help,
      registers,
      labelNames: [label],
      collect() {
        this.reset();
        if (stats !== undefined)
          for (const [key, count] of Object.entries(of(stats))) this.inc({ [label]: key }, count);
      },
    });
  };
  const durations = (name: string, label: string, help: string, of: (stats: ServerStats) => Calls): void => {
    const full = PREFIX + name;
    new CountedHistogram({ name: full, help, registers, labelNames: [label] }, () =>
      stats === undefined ? [] : valuesOf(of(stats), full, label),
    );
  };

  gauge('sockets', 'Open sockets.', ({ sockets }) => sockets);
  gauge('sessions', 'Clients that are logged in on open sockets.', ({ sessions }) => sessions);
  gauge('buffered_bytes', 'Bytes that wait for receivers.', ({ bufferedBytes }) => bufferedBytes);
  gauge('slow_receivers', 'Receivers that do not take what they are sent.', ({ slow }) => slow.length);
  gauge('room_messages_queued', 'Messages of chat rooms that wait for receivers.', ({ slow }) =>
    slow.reduce((sum, { queued }) => sum + queued, 0),
  );
  counters('commands_total', 'command', 'Commands of clients: direct is a message.', ({ counts }) => counts.commands);
  counter('pushes_total', 'Pushes for sessions.', ({ counts }) => counts.pushes);
  counters('room_messages_dropped_total', 'priority', 'Messages of chat rooms that were dropped.', ({ dropped }) => ({
    ...dropped,
  }));
  counters(
    'refusals_total',
    'code',
    'Refused commands; 4200 is an error of the server.',
    ({ counts }) => counts.refusals,
  );
  counters('rate_limited_total', 'limit', 'Commands over a limit per minute.', ({ counts }) => counts.rateLimited);
  counters(
    'connections_refused_total',
    'status',
    'Connections that were too many.',
    ({ counts }) => counts.refusedConnections,
  );
  const failed = (calls: Calls): Counted =>
    Object.fromEntries(Object.entries(calls).map(([name, { failed: count }]) => [name, count]));
  durations('store_call_duration_seconds', 'call', 'Calls of the store and the bus.', ({ counts }) => counts.store);
  counters('store_calls_failed_total', 'call', 'Calls of the store that have failed.', ({ counts }) =>
    failed(counts.store),
  );
  durations('hook_call_duration_seconds', 'hook', 'Calls of hooks.', ({ counts }) => counts.hooks);
  counters('hook_calls_failed_total', 'hook', 'Calls of hooks that have failed.', ({ counts }) => failed(counts.hooks));
  gauge('hook_calls_waiting', 'Calls of told hooks that wait.', ({ hooks }) => hooks.waiting);
  counter('hook_calls_dropped_total', 'Calls of told hooks that were never made.', ({ hooks }) => hooks.dropped);
  new Gauge({ name: `${PREFIX}info`, help: 'The version.', registers, labelNames: ['version'] }).set({ version }, 1);

  const scrape = async (): Promise<string> => {
    stats = await read();
    return registry.metrics();
  };
  let running: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    // Scrapes that come together get one answer.
    text: () =>
      (running ??= scrape().finally(() => {
        running = undefined;
      })),
  };
};
