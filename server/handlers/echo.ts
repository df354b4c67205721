import type { CommandOf, Handler } from './handler.js';

/** The heartbeat of the protocol's clients. */
export const echo: Handler<CommandOf<'echo'>> = () => Promise.resolve({ answer: { cmd: 'echo' } });
