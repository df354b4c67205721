import { Realtime, TextMessage } from 'leancloud-realtime';
import type { SendingContender } from '../sender.js';

/** The vendor's client, used as in its guide. */
export const sendLeancloud: SendingContender = async (server) => {
  const realtime = new Realtime({ appId: 'bench', appKey: 'bench', RTMServers: server });
  const client = await realtime.createIMClient('sender');
  const conversation = await client.getConversation('conversation');
  return (content, acknowledged) => {
    void conversation.send(new TextMessage(content)).then(acknowledged);
  };
};
