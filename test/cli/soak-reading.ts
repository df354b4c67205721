/** The published client reads what was imported, from a server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Realtime, type Message } from 'leancloud-realtime';

export interface Wanted {
  /** The file of `rx-realtime`. */
  readonly program: string;
  /** The option that says where everything is. */
  readonly place: readonly string[];
  readonly clientId: string;
  /** Ids of conversations that the client is in. */
  readonly conversations: readonly string[];
  /** The ids of all messages of a conversation, oldest first. */
  readonly messagesOf: (id: string) => readonly string[];
}

interface ReadByPublished {
  readonly conversations: number;
  readonly messages: number;
  readonly isWhole: boolean;
}

/** The parts of the published client that are used. */
interface Theirs {
  readonly id: string;
  createMessagesIterator(options: { readonly limit: number }): {
    next(): Promise<{ readonly done: boolean; readonly value: readonly Message[] }>;
  };
}
interface Query {
  containsMembers(members: readonly string[]): Query;
  limit(count: number): Query;
  find(): Promise<readonly Theirs[]>;
}

const historyOf = async (conversation: Theirs): Promise<readonly string[]> => {
  const pages = conversation.createMessagesIterator({ limit: 100 });
  const found: string[] = [];
  for (let page = await pages.next(); page.value.length > 0; page = await pages.next()) {
    found.unshift(...page.value.map(({ id }) => id));
    if (page.done) break;
  }
  return found;
};

export const readAsPublished = async (wanted: Wanted): Promise<ReadByPublished> => {
  const { program, place, clientId, conversations, messagesOf } = wanted;
  const argv = ['serve', '--port', '0', '--log-format', 'json', ...place];
  const child = spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as unknown as readonly [string];
    const { url } = JSON.parse(line) as { readonly url: string };
    const realtime = new Realtime({ appId: 'soak-MdYXbMMI', appKey: 'key', RTMServers: url });
    const client = await realtime.createIMClient(clientId);
    const query = client.getQuery() as unknown as Query;
    const found = await query.containsMembers([clientId]).limit(100).find();
    const ids = found.map(({ id }) => id);
    let messages = 0;
    let isWhole = conversations.every((id) => ids.includes(id));
    for (const conversation of found) {
      const history = await historyOf(conversation);
      const all = messagesOf(conversation.id);
      messages += history.length;
      isWhole &&= history.length === all.length && history.every((id, index) => id === all[index]);
    }
    await client.close();
    return { conversations: found.length, messages, isWhole };
  } finally {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  }
};
