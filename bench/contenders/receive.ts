import type { Contender } from '../contender.js';
import { bareSocket } from './bare-socket.js';

/** Receives frames and does nothing else. */
export const receive: Contender = async (server, tally) => {
  const socket = await bareSocket(server);
  socket.on('message', (data: Buffer) => {
    tally.frame(data.length);
  });
};
