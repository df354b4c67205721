/**
 * Brings notices to the processes that have their receivers: asks once where the clients are of all that is published
 * while the question before is answered, and sends each process one text. The order of the calls is kept.
 */
import { Notice } from '../notice.js';

export interface Outbox {
  readonly add: (clientIds: readonly string[], notice: Notice) => void;
  /** Resolves when everything that was added before the call is sent. */
  readonly settled: () => Promise<void>;
}

export interface OutboxOptions {
  /** The other processes that have these clients. */
  readonly nodesOf: (clientIds: readonly string[]) => Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** All other processes. */
  readonly others: () => readonly string[];
  readonly send: (node: string, text: string) => void;
  /** Called when notices were not sent. */
  readonly onLoss: (error: unknown) => void;
}

interface Entry {
  readonly clientIds: readonly string[];
  readonly notice: Notice;
}

/** What may wait. */
const MOST_WAITING = 20_000;
/** Clients that are asked for at once, unless one notice has more. */
const MOST_CLIENTS = 10_000;
/** A text is not much longer than this. */
const MOST_TEXT = 256 * 1_024;
/** Clients of one notice in one text. */
const CLIENTS_IN_TEXT = 5_000;

const pagesOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  all.length <= size
    ? [all]
    : Array.from({ length: Math.ceil(all.length / size) }, (_, page) => all.slice(page * size, (page + 1) * size));

/** A notice for clients, as a text of JSON. */
const entryText = (clientIds: readonly string[], notice: string): string => `[${JSON.stringify(clientIds)},${notice}]`;

/** Puts texts into arrays of a bounded length. */
export const joined = (texts: readonly string[]): readonly string[] => {
  const all: string[] = [];
  let some: string[] = [];
  let size = 0;
  for (const text of texts) {
    if (some.length > 0 && size + text.length > MOST_TEXT) {
      all.push(`[${some.join(',')}]`);
      [some, size] = [[], 0];
    }
    some.push(text);
    size += text.length;
  }
  if (some.length > 0) all.push(`[${some.join(',')}]`);
  return all;
};

export const createOutbox = ({ nodesOf, others, send, onLoss }: OutboxOptions): Outbox => {
  let queue: Entry[] = [];
  let running: Promise<void> | undefined;
  /** How many were added, and how many of them are sent or lost. */
  let [added, done] = [0, 0];
  let waiting: { readonly upTo: number; readonly resolve: () => void }[] = [];

  const settle = (entries: number): void => {
    done += entries;
    const over = waiting.filter(({ upTo }) => upTo <= done);
    waiting = waiting.filter(({ upTo }) => upTo > done);
    for (const { resolve } of over) resolve();
  };

  const take = (): readonly Entry[] => {
    let clients = 0;
    const end = queue.findIndex(({ clientIds }) => (clients += clientIds.length) > MOST_CLIENTS);
    const count = end < 0 ? queue.length : Math.max(1, end);
    const some = queue.slice(0, count);
    queue = queue.slice(count);
    return some;
  };

  /** Gives how many it has taken. */
  const sendSome = async (): Promise<number> => {
    const entries = take();
    const wanted = new Set(entries.flatMap(({ clientIds, notice }) => (notice._tag === 'Kick' ? [] : clientIds)));
    let nodes: ReadonlyMap<string, ReadonlySet<string>>;
    try {
      nodes = wanted.size === 0 ? new Map() : await nodesOf([...wanted]);
    } catch (error) {
      onLoss(error);
      return entries.length;
    }
    const texts = new Map<string, string[]>();
    const add = (node: string, text: string): void => {
      const known = texts.get(node) ?? [];
      texts.set(node, known);
      known.push(text);
    };
    for (const { clientIds, notice } of entries) {
      let text: string | undefined;
      // Logins that are under way are nowhere to be found: a kick goes everywhere.
      if (notice._tag === 'Kick') {
        text = JSON.stringify(Notice.encode(notice));
        for (const node of others()) add(node, entryText(clientIds, text));
        continue;
      }
      for (const [node, there] of nodes) {
        const receivers = clientIds.filter((id) => there.has(id));
        if (receivers.length === 0) continue;
        text ??= JSON.stringify(Notice.encode(notice));
        for (const page of pagesOf(receivers, CLIENTS_IN_TEXT)) add(node, entryText(page, text));
      }
    }
    for (const [node, all] of texts) for (const text of joined(all)) send(node, text);
    return entries.length;
  };

  const work = async (): Promise<void> => {
    while (queue.length > 0) settle(await sendSome());
    running = undefined;
  };

  return {
    add: (clientIds, notice) => {
      if (queue.length >= MOST_WAITING) {
        onLoss(new Error(`more than ${MOST_WAITING} notices wait for the database: their receivers get them later`));
        settle(queue.length);
        queue = [];
      }
      queue.push({ clientIds, notice });
      added += 1;
      // What is published in the same turn is asked for together.
      running ??= Promise.resolve().then(work);
    },
    settled: () =>
      new Promise((resolve) => {
        if (done >= added) resolve();
        else waiting.push({ upTo: added, resolve });
      }),
  };
};
