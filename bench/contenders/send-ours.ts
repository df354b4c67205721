import { firstValueFrom } from 'rxjs';
import { createOutbox, createRealtime, text, type RealtimeOptions } from 'rx-realtime';
import type { SendingContender } from '../sender.js';

/** This package, as an application uses it. */
const sending =
  (options: Pick<RealtimeOptions, 'outbox'>): SendingContender =>
  async (server) => {
    const client = await firstValueFrom(createRealtime({ appId: 'bench', server, ...options }).login('sender'));
    const conversation = client.conversation('conversation');
    return (content, acknowledged) => {
      conversation.send(text(content)).subscribe(acknowledged);
    };
  };

export const sendOurs = sending({});

/** With an outbox that is large enough for all messages in flight. */
export const sendThroughOutbox = sending({ outbox: createOutbox({ maxMessages: 100_000, maxBytes: 100_000_000 }) });
