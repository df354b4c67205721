/** Streams for dashboards. */
export * from './latency.js';
export * from './presence-by-polling.js';
export * from './rate.js';
export * from './top.js';
