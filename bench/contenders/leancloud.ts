import { Event, Realtime, TextMessage, TypedMessage, messageField, messageType } from 'leancloud-realtime';
import type { Contender } from '../contender.js';
import { CUSTOM, reader } from '../flood.js';

class OperationMessage extends TypedMessage {}
type Decorate = (message: typeof OperationMessage) => void;
(messageType(CUSTOM) as Decorate)(OperationMessage);
(messageField(['op', 'count']) as Decorate)(OperationMessage);

/** The vendor's client, used as in its guide. Text is one of its built-in types, so no plug-in slows it down. */
export const leancloud: Contender = async (server, tally) => {
  const realtime = new Realtime({ appId: 'bench', appKey: 'bench', RTMServers: server });
  realtime.register(OperationMessage as never);
  const client = await realtime.createIMClient(reader);
  client.on(Event.MESSAGE, (message) => {
    if (message instanceof TextMessage) tally.text(message.getText());
    else if (message instanceof OperationMessage) tally.text((message as unknown as { getText(): string }).getText());
  });
};
