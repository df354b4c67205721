import * as c from '../type.js';
import { SafeInteger } from '../primitives.js';

/** The signature of a request: timestamp, nonce, signature. */
export const signature = { t: SafeInteger, n: c.string, s: c.string };
