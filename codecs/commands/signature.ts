import * as t from 'io-ts';
import { SafeInteger } from '../primitives.js';

/** The signature of a request: timestamp, nonce, signature. */
export const signature = { t: SafeInteger, n: t.string, s: t.string };
