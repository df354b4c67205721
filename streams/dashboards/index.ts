/** Streams for people who watch. */
export * from './latency.js';
export * from './presence.js';
export * from './rate.js';
export * from './top.js';
