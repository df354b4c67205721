import { createRealtime, ofType, TextType, type Client, type Message } from 'rx-realtime';
import { filter, type Observable } from 'rxjs';
import type { Contender } from '../contender.js';
import { conversationId, reader } from '../flood.js';

/** This package with one subscriber for each conversation. */
const watching =
  (conversations: number, messagesOf: (client: Client, id: string) => Observable<Message>): Contender =>
  async (server, tally) => {
    const realtime = createRealtime({ appId: 'bench', server });
    await realtime.login(reader).forEach((client) => {
      for (let index = 0; index < conversations; index += 1) {
        void messagesOf(client, conversationId(index))
          .pipe(ofType(TextType))
          .forEach(({ body }) => {
            tally.text(body.text);
          });
      }
    });
  };

export const CONVERSATIONS = 1_000;
export const MANY_CONVERSATIONS = 10_000;

const handles = (client: Client, id: string): Observable<Message> => client.conversation(id).messages$;

export const one: Contender = watching(1, handles);

export const thousand: Contender = watching(CONVERSATIONS, handles);

export const tenThousand: Contender = watching(MANY_CONVERSATIONS, handles);

/** The naive way: each subscriber filters all messages. */
export const filters: Contender = watching(CONVERSATIONS, (client, id) =>
  client.messages$.pipe(filter(({ conversationId: other }) => other === id)),
);
