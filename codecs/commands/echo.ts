import type * as t from 'io-ts';
import { command } from './envelope.js';

const echo = command('echo', undefined, {}, {});
/** Heartbeat, of either side; the answer has the same serial. */
export interface Echo extends t.TypeOf<typeof echo> {}
export const Echo: t.Type<Echo> = echo;
