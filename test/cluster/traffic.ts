/** Many clients that talk in a cluster while something happens to it, and the proof afterwards. */
import { openPostgresStore } from 'rx-realtime/server';
import { sameNumbers } from '../../testing/random.js';
import { NOTICED, until, type Cluster } from './cluster.js';
import { judge, together, type Acknowledged, type Verdict } from './ledger.js';
import { onlineAt, ourTalker, publishedTalker, type Talker } from './talkers.js';

export interface TrafficOptions {
  readonly cluster: Cluster;
  /** A prefix of the names: those of two runs differ. */
  readonly run: string;
  readonly groups: number;
  /** How many of each kind there are in each group; at least one with an outbox. */
  readonly outbox: number;
  readonly plain: number;
  readonly published: number;
  /** The mean time between two lines of a client, ms. */
  readonly pace: number;
  readonly random: () => number;
  /** A connection may have been dead for so long before it ends, ms. */
  readonly margin: number;
}

export interface Result extends Verdict {
  /** Sessions that are there without a client, or clients that are said to be online and aren't. */
  readonly ghosts: number;
  /** Errors of sends that an outbox should have settled. */
  readonly unsettled: number;
}

export interface Traffic {
  readonly talkers: readonly Talker[];
  /** So many messages were acknowledged so far. */
  readonly acknowledged: () => number;
  /** Waits until so many more messages are acknowledged. */
  readonly goesOn: (messages?: number) => Promise<void>;
  /** Ends the talk, waits until it is quiet, and compares everything. Then all log out. */
  readonly end: () => Promise<Result>;
}

interface Group {
  readonly id: string;
  readonly talkers: readonly Talker[];
  readonly acknowledged: readonly Acknowledged[];
}

const LAST = 'last 0';

const startGroup = async (options: TrafficOptions, number: number): Promise<Group> => {
  const { cluster, run, outbox, plain, published, pace, random } = options;
  const acknowledged: Acknowledged[] = [];
  /** Talkers begin at different nodes. */
  const urlsFrom = (at: number): readonly string[] =>
    cluster.urls.map((_, index) => cluster.urls[(at + index) % cluster.urls.length] ?? '');
  const optionsOf = (kind: string, index: number) => ({
    name: `${run}-${number}-${kind}${index}`,
    urls: urlsFrom(index + number),
    acknowledge: (one: Acknowledged) => acknowledged.push(one),
    pace: () => pace * (0.5 + random()),
  });
  const list = <T>(length: number, make: (index: number) => Promise<T>): Promise<readonly T[]> =>
    Promise.all(Array.from({ length }, (_, index) => make(index)));
  const talkers = (
    await Promise.all([
      list(outbox, (index) => ourTalker(optionsOf('outbox', index), true)),
      list(plain, (index) => ourTalker(optionsOf('plain', outbox + index), false)),
      list(published, (index) => publishedTalker(optionsOf('published', outbox + plain + index))),
    ])
  ).flat();
  const id = await talkers[0]?.create?.(talkers.map(({ name }) => name));
  if (id === undefined) throw new Error('the first talker of a group makes the conversation');
  // The published client hands on the first messages of a conversation that it does not know yet out of order.
  await Promise.all(talkers.map(({ join }) => join(id)));
  for (const { talk } of talkers) talk();
  return { id, talkers, acknowledged };
};

/** Those of the clients whose presence is wrong at a node that is ready. */
const wrongAt = async (url: string, names: readonly string[], areOnline: boolean): Promise<readonly string[]> => {
  const found = await onlineAt(url, names);
  return names.filter((name) => found.has(name) !== areOnline);
};

/** Waits until the presence of all clients is right at each node, for two leases at most. Gives those that it isn't. */
export const wrongPresence = async (
  cluster: Cluster,
  names: readonly string[],
  areOnline: boolean,
  patience = NOTICED,
): Promise<readonly string[]> => {
  const end = performance.now() + patience;
  const ask = async (): Promise<readonly string[]> =>
    (
      await Promise.all(
        cluster.nodes
          .filter(({ isRunning }) => isRunning())
          .map(async ({ name, url }) => (await wrongAt(url, names, areOnline)).map((client) => `${client} at ${name}`)),
      )
    ).flat();
  let wrong = await ask();
  while (wrong.length > 0 && performance.now() < end) wrong = await ask();
  return wrong;
};

/** How many sessions all nodes have. */
const sessions = async (cluster: Cluster): Promise<number> => {
  const all = await Promise.all(cluster.nodes.map(({ metric }) => metric('rx_realtime_sessions')));
  return all.reduce<number>((sum, one) => sum + (one ?? 0), 0);
};

/** How many sessions are too many or too few, after two leases at most. */
const ghostSessions = async (cluster: Cluster, wanted: number): Promise<number> => {
  const end = performance.now() + NOTICED;
  let found = await sessions(cluster);
  while (found !== wanted && performance.now() < end) found = await sessions(cluster);
  return Math.abs(found - wanted);
};

export const startTraffic = async (options: TrafficOptions): Promise<Traffic> => {
  const { cluster, margin } = options;
  const groups: Group[] = [];
  // A few at a time: a login is not what is tested here.
  for (let number = 0; number < options.groups; number += 1) groups.push(await startGroup(options, number));
  const talkers = groups.flatMap((group) => group.talkers);
  const names = talkers.map(({ name }) => name);
  const acknowledged = (): number => groups.reduce((sum, group) => sum + group.acknowledged.length, 0);
  /** What waits for a long time before it connects again does so at once. */
  const connected = async (): Promise<void> => {
    const poke = setInterval(() => {
      for (const { isConnected, retry } of talkers) if (!isConnected()) retry();
    }, 500);
    try {
      await until('all are connected', () => talkers.every(({ isConnected }) => isConnected()));
    } catch {
      const missing = talkers.filter(({ isConnected }) => !isConnected()).map(({ name }) => name);
      throw new Error(`it never came about that these are connected: ${missing.join(', ')}`);
    } finally {
      clearInterval(poke);
    }
  };

  const judgeGroup = async ({ id, talkers: own, acknowledged: told }: Group): Promise<Verdict> => {
    const store = await openPostgresStore({ url: cluster.database, connections: 1 });
    try {
      const history = await store.history({ conversationId: id, direction: 'new', limit: Infinity });
      const records = own.map(({ record }) => record);
      return judge({
        // What says the end is no part of the talk.
        stored: history,
        acknowledged: told,
        followers: records.flatMap((record) => ('follower' in record ? [record.follower] : [])),
        listeners: records.flatMap((record) => ('listener' in record ? [record.listener] : [])),
        margin,
      });
    } finally {
      await store.close();
    }
  };

  return {
    talkers,
    acknowledged,
    goesOn: async (messages = 60) => {
      const before = acknowledged();
      await until(`${messages} more messages are acknowledged`, () => acknowledged() >= before + messages);
    },
    end: async () => {
      await connected();
      let isSettled = false;
      void Promise.all(talkers.map(({ stop }) => stop())).then(() => (isSettled = true));
      await until('each line has an outcome', () => isSettled, 90_000);
      await connected();
      const deaf: string[] = [];
      await Promise.all(
        groups.map(async (group) => {
          await group.talkers[0]?.say(LAST);
          await until(`all have heard the end in ${group.id}`, () =>
            group.talkers.every(({ hasHeard }) => hasHeard(LAST)),
          ).catch(() => {
            for (const { name, hasHeard } of group.talkers)
              if (!hasHeard(LAST)) deaf.push(`${name} never heard the end`);
          });
        }),
      );
      const wrong = await wrongPresence(cluster, names, true);
      const tooMany = await ghostSessions(cluster, talkers.length);
      const verdict = together(await Promise.all(groups.map(judgeGroup)));
      await Promise.all(talkers.map(({ close }) => close()));
      const stay = await wrongPresence(cluster, names, false);
      const left = await ghostSessions(cluster, 0);
      const sends = talkers.flatMap(({ record }) =>
        'follower' in record && record.follower.hasOutbox ? record.follower.sends : [],
      );
      const unsettled = sends.filter(({ status }) => status._tag !== 'sent');
      return {
        ...verdict,
        lost: verdict.lost + deaf.length,
        ghosts: wrong.length + tooMany + stay.length + left,
        unsettled: unsettled.length,
        problems: [
          ...verdict.problems,
          ...deaf,
          ...wrong.map((client) => `${client} is said to be offline`),
          ...stay.map((client) => `${client} is said to be online`),
          ...(tooMany + left === 0 ? [] : [`sessions: ${tooMany} wrong with clients, ${left} left without clients`]),
          ...unsettled.map(({ words, status }) => `${words} has the outcome ${JSON.stringify(status)}`),
        ],
      };
    },
  };
};

/** Lets some clients of each kind talk while something happens, and proves that nothing was wrong. */
export const underTraffic = async (
  cluster: Cluster,
  run: string,
  happens: (traffic: Traffic) => Promise<void>,
): Promise<Result> => {
  const traffic = await startTraffic({
    ...{ cluster, run, groups: 2, outbox: 2, plain: 2, published: 2, pace: 60, margin: 2 * NOTICED },
    random: sameNumbers(run.length),
  });
  await traffic.goesOn();
  await happens(traffic);
  await traffic.goesOn();
  return traffic.end();
};

/** What the result of `underTraffic` has to be. */
export const FLAWLESS = { lost: 0, duplicated: 0, reordered: 0, ghosts: 0, unsettled: 0, problems: [] } as const;
