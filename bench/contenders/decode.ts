import { push_server } from '../proto/rtm.js';
import type { Contender } from '../contender.js';
import { bareSocket } from './bare-socket.js';

const { GenericCommand } = push_server.messages2;

/** What the limit believes without a look: it is what no client for strangers could do. */
interface Believed {
  readonly directMessage: { readonly msg: string };
}

/** The limit: the generated protobuf code and `JSON.parse`, with no check and no state. */
export const decode: Contender = async (server, tally) => {
  const socket = await bareSocket(server);
  socket.on('message', (data: Buffer) => {
    const { directMessage } = GenericCommand.decode(data) as Believed;
    tally.text((JSON.parse(directMessage.msg) as { readonly _lctext: string })._lctext);
  });
};
