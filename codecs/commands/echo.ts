import type * as t from 'io-ts';
import { command } from './envelope.js';

const echo = command('echo', undefined, {}, {});
/** A heartbeat, which both sides can send. The answer has the same serial. */
export interface Echo extends t.TypeOf<typeof echo> {}
export const Echo: t.Type<Echo> = echo;
