/**
 * Handles the requests of one connection one after the other. A client may send many without waiting for the answers
 * (pipelining): all of them would be under way at once, with their answers in memory and their files open.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may wait. With one more, the connection is closed. */
const MAX_WAITING = 16;

export const inTurn = (handle: RequestListener): RequestListener => {
  /** The requests that wait, of the connections that have one under way. */
  const lanes = new WeakMap<Socket, (() => void)[]>();

  const begin = (lane: (() => void)[], request: IncomingMessage, response: ServerResponse): void => {
    response.once('close', () => {
      const next = request.socket.destroyed ? undefined : lane.shift();
      if (next === undefined) lanes.delete(request.socket);
      else next();
    });
    handle(request, response);
  };

  return (request, response) => {
    const { socket } = request;
    // What is parsed already comes here even if its connection is gone.
    if (socket.destroyed) return;
    const lane = lanes.get(socket);
    if (lane === undefined) {
      const own: (() => void)[] = [];
      lanes.set(socket, own);
      begin(own, request, response);
    } else if (lane.length < MAX_WAITING) {
      lane.push(() => {
        begin(lane, request, response);
      });
    } else socket.destroy();
  };
};
