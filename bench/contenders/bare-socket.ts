import { once } from 'node:events';
import { encodeFrame, subprotocols } from 'rx-realtime/codecs';
import { WebSocket } from 'ws';
import { reader } from '../flood.js';

/** A socket of `ws` that is logged in, without any client on top of it. */
export const bareSocket = async (server: string): Promise<WebSocket> => {
  const socket = new WebSocket(server, subprotocols.binary.name);
  await once(socket, 'open');
  socket.send(
    encodeFrame(
      { cmd: 'session', op: 'open', i: 1, appId: 'bench', peerId: reader, sessionMessage: {} },
      subprotocols.binary,
    ),
  );
  await once(socket, 'message');
  return socket;
};
