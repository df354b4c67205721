/** Two people who talk, and what each has heard. */
import { createOutbox, createRealtime, log, text, type Client, type Realtime } from 'rx-realtime';
import { firstValueFrom } from 'rxjs';

export interface Person {
  readonly name: string;
  /** Says a line. Resolves when the server has it, which may be after a break. */
  readonly say: (line: string) => Promise<void>;
  /** Lines of the other one, in the order in which they came. */
  readonly heard: readonly string[];
  readonly close: () => void;
}

/** What a person is told while it happens. */
export type Tell = (line: string) => void;

const watchConnection = (name: string, { connection$ }: Realtime, tell: Tell): void => {
  connection$.subscribe((event) => {
    if (event._tag === 'disconnect') tell(`${name} has lost the connection (${event.reason.code})`);
    if (event._tag === 'reconnect') tell(`${name} is connected again`);
  });
};

const personOf = (realtime: Realtime, client: Client, conversationId: string, tell: Tell): Person => {
  const heard: string[] = [];
  const conversation = client.conversation(conversationId);
  // The log fetches what was missed in a break, before what is new.
  log(conversation, { since: { timestamp: 0, id: '' } }).subscribe((entry) => {
    if (entry._tag !== 'Message' || entry.message.from === client.id || entry.message.body._tag !== 'Text') return;
    heard.push(entry.message.body.text);
    tell(`${client.id} hears: ${entry.message.body.text}`);
  });
  return {
    name: client.id,
    heard,
    say: async (line) => {
      await firstValueFrom(conversation.send(text(line)));
    },
    close: () => {
      realtime.close();
    },
  };
};

/** Two people in one conversation. Each prefers another node; both know all of them. */
export const twoPeople = async (urls: readonly string[], tell: Tell): Promise<readonly [Person, Person]> => {
  const login = async (name: string, preferred: number): Promise<readonly [Realtime, Client]> => {
    const server = urls.map((_, index) => urls[(index + preferred) % urls.length] ?? '');
    // With an outbox, what is said during a break is sent after it, in order, once.
    const realtime = createRealtime({ appId: 'cluster', server, outbox: createOutbox() });
    const client = await firstValueFrom(realtime.login(name));
    watchConnection(name, realtime, tell);
    return [realtime, client];
  };
  const [anns, ann] = await login('Ann', 0);
  const [bens, ben] = await login('Ben', 1);
  const { id } = await firstValueFrom(ann.createConversation({ members: [ben.id] }));
  return [personOf(anns, ann, id, tell), personOf(bens, ben, id, tell)];
};
