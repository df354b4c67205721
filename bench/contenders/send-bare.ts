import { push_server } from '../proto/rtm.js';
import type { SendingContender } from '../sender.js';
import { bareSocket } from './bare-socket.js';

const { GenericCommand } = push_server.messages2;

/** The limit: `ws`, the code that protobufjs generates and `JSON.stringify`, with a map of what waits. */
export const sendBare: SendingContender = async (server) => {
  const socket = await bareSocket(server);
  const waiting = new Map<number, () => void>();
  let serial = 1;
  socket.on('message', (data: Buffer) => {
    const { i } = GenericCommand.decode(data) as unknown as { readonly i: number };
    const acknowledged = waiting.get(i);
    waiting.delete(i);
    acknowledged?.();
  });
  return (content, acknowledged) => {
    serial += 1;
    waiting.set(serial, acknowledged);
    socket.send(
      GenericCommand.encode({
        cmd: 2,
        i: serial,
        peerId: 'sender',
        directMessage: { cid: 'conversation', msg: JSON.stringify({ _lctype: -1, _lctext: content }) },
      }).finish(),
    );
  };
};
