import { push_server } from '../proto/rtm.js';
import type { Contender } from '../contender.js';
import { bareSocket } from './bare-socket.js';

const { GenericCommand } = push_server.messages2;

/** The fields that this contender reads without a check. A real client has to check them. */
interface Believed {
  readonly directMessage: { readonly msg: string };
}

/** The limit: the code that protobufjs generates and `JSON.parse`, without checks and without state. */
export const decode: Contender = async (server, tally) => {
  const socket = await bareSocket(server);
  socket.on('message', (data: Buffer) => {
    const { directMessage } = GenericCommand.decode(data) as Believed;
    tally.text((JSON.parse(directMessage.msg) as { readonly _lctext: string })._lctext);
  });
};
