/** The people of the house: they greet who comes, and answer. So nobody has to talk to themselves. */
import { createRealtime, defineMessage, text, type Client, type Message } from 'rx-realtime';
import type { RtmServer } from 'rx-realtime/server';
import { JsonObject } from 'rx-realtime/codecs';
import { EMPTY, catchError, concat, delay, filter, groupBy, mergeMap, of, switchMap, type Observable } from 'rxjs';
import { phrases, pick } from '../shared/phrases.js';

/** Lines of the lobby that a newcomer can scroll back to. */
const LINES = 400;
/** How long somebody reads, and then types, ms. */
const [READING, TYPING] = [800, 1_600];
/** The sign that `withTyping()` understands. */
const sign = defineMessage({ type: 101, codec: JsonObject });

const people = phrases.people.slice(0, 3);
/** Who answers in the lobby if nobody is named. */
const [host = ''] = people;

export interface House {
  readonly greet: (clientId: string) => Promise<void>;
  readonly close: () => void;
}

export const openHouse = async (server: RtmServer): Promise<House> => {
  const { backEnd } = server;
  const { id: lobby } = await backEnd.create({ name: 'Lobby', members: people });
  for (let n = 0; n < LINES; n += 1)
    await backEnd.send(lobby, { from: pick(people, n * n + (n >> 2)), body: text(pick(phrases.lines, n * 5)) });

  /** Reads a message, types for a while, and answers. Somebody who types on gets one answer. */
  const answers = (client: Client, { conversationId, id }: Message): Observable<unknown> => {
    const conversation = client.conversation(conversationId);
    const after = (ms: number, command$: Observable<unknown>): Observable<unknown> =>
      of(undefined).pipe(
        delay(ms),
        switchMap(() => command$),
      );
    return concat(
      after(READING, conversation.read()),
      conversation.send(sign({}), { transient: true }),
      after(TYPING, conversation.send(text(pick(phrases.lines, Number.parseInt(id.slice(-4), 36) || 0)))),
    ).pipe(catchError(() => EMPTY));
  };
  const realtime = createRealtime({ appId: 'chat', server: server.url, messages: [sign] });
  const subscriptions = people.map((person) =>
    realtime
      .session(person)
      .pipe(
        switchMap((client) =>
          client.messages$.pipe(
            filter(({ from, body }) => !people.includes(from) && !sign.is(body)),
            filter(
              ({ conversationId, mentions, mentioned }) =>
                conversationId !== lobby || mentioned || (person === host && mentions.length === 0),
            ),
            groupBy(({ conversationId }) => conversationId),
            mergeMap((inOne) => inOne.pipe(switchMap((message) => answers(client, message)))),
          ),
        ),
      )
      .subscribe(),
  );

  const greeted = new Set(people);
  return {
    greet: async (clientId) => {
      if (greeted.has(clientId)) return;
      greeted.add(clientId);
      await backEnd.addMembers(lobby, [clientId]);
      const body = text(`@${clientId} ${pick(phrases.thanks, greeted.size)}`);
      await backEnd.send(lobby, { from: host, body, mentions: [clientId] });
    },
    close: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      realtime.close();
    },
  };
};
