import { Event, Realtime, TextMessage } from 'leancloud-realtime';
import type { Contender } from '../contender.js';
import { reader } from '../flood.js';

/** The client of the vendor, as its guide uses it. Text is among its built-in types, so that no plug-in slows it down. */
export const leancloud: Contender = async (server, tally) => {
  const realtime = new Realtime({ appId: 'bench', appKey: 'bench', RTMServers: server });
  const client = await realtime.createIMClient(reader);
  client.on(Event.MESSAGE, (message) => {
    if (message instanceof TextMessage) tally.text(message.getText());
  });
};
