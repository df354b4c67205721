/** What the worker tells the page, once a second. Plain data. */
import type { ConnectionHealth, ConnectionState } from 'rx-realtime';
import type { Latency, TopEntry } from 'rx-realtime/streams';

export interface Report {
  /** ms since 1970. */
  readonly at: number;
  readonly state: ConnectionState;
  /** Messages folded since the start. */
  readonly folded: number;
  /** Messages a second by conversation, over the last 5 s. */
  readonly rates: ReadonlyMap<string, number>;
  /** Who says most. */
  readonly busiest: readonly TopEntry[];
  /** How old messages were when they arrived in the last second, ms. */
  readonly age: Latency | undefined;
  /** Who of the team is online. */
  readonly team: ReadonlyMap<string, boolean>;
  readonly health: ConnectionHealth | undefined;
}

export interface Watch {
  readonly server: string;
  readonly team: readonly string[];
}
