/** What a server counts from its start. Counting costs an addition; the figures are put together when somebody asks. */

/** How long calls took that have ended. */
export interface CallFigures {
  /** Calls that have ended, failed ones among them. A call that took too long has failed. */
  readonly calls: number;
  readonly failed: number;
  /** The time of all calls together, ms. */
  readonly ms: number;
  /** How many of them took at most so many ms, for each of some times. */
  readonly within: readonly (readonly [ms: number, calls: number])[];
}

/** What has happened since the server has started. Each key comes from the server itself, never from a client. */
export interface ServerCounts {
  /** Commands of clients by their kind, such as `direct` (a message), `ack` and `session/open`. */
  readonly commands: Readonly<Record<string, number>>;
  /** Pushes for sessions, those among them that were dropped in a chat room. */
  readonly pushes: number;
  /** Refused commands by the code of the refusal. 4200 is an error of the server. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Commands that were refused because there were too many in a minute, by the limit. */
  readonly rateLimited: Readonly<Record<string, number>>;
  /** Connections that were refused because there were too many, by the status. */
  readonly refusedConnections: Readonly<Record<string, number>>;
  /** Calls of the store and the bus, such as `store.append`. */
  readonly store: Readonly<Record<string, CallFigures>>;
  /** Calls of hooks, and of functions such as `verifyLogin`. */
  readonly hooks: Readonly<Record<string, CallFigures>>;
}

/** Notes a call that has ended. */
export type NoteCall = (name: string, ms: number, isFailed: boolean) => void;

export interface Counts {
  readonly command: (kind: string) => void;
  readonly push: () => void;
  readonly refusal: (code: number) => void;
  readonly rateLimited: (limit: string) => void;
  readonly refusedConnection: (status: number) => void;
  readonly storeCall: NoteCall;
  readonly hookCall: NoteCall;
  /** The counts so far. */
  readonly read: () => ServerCounts;
}

/** The times by which calls are counted, ms. */
const BOUNDS: readonly number[] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

const byName = (): { readonly add: (name: string) => void; readonly read: () => Readonly<Record<string, number>> } => {
  const all = new Map<string, number>();
  return {
    add: (name) => {
      all.set(name, (all.get(name) ?? 0) + 1);
    },
    read: () => Object.fromEntries(all),
  };
};

interface Calls {
  calls: number;
  failed: number;
  ms: number;
  /** For each bound, the calls that took more than the bound before it, and at most this bound. */
  readonly between: number[];
}

const figuresOf = ({ calls, failed, ms, between }: Calls): CallFigures => {
  let sum = 0;
  return { calls, failed, ms, within: BOUNDS.map((bound, index) => [bound, (sum += between[index] ?? 0)] as const) };
};

const callsByName = (): {
  readonly note: NoteCall;
  readonly read: () => Readonly<Record<string, CallFigures>>;
} => {
  const all = new Map<string, Calls>();
  return {
    note: (name, ms, isFailed) => {
      const own = all.get(name) ?? { calls: 0, failed: 0, ms: 0, between: BOUNDS.map(() => 0) };
      own.calls += 1;
      own.ms += ms;
      if (isFailed) own.failed += 1;
      const place = BOUNDS.findIndex((bound) => ms <= bound);
      if (place >= 0) own.between[place] = (own.between[place] ?? 0) + 1;
      all.set(name, own);
    },
    read: () => Object.fromEntries([...all].map(([name, calls]) => [name, figuresOf(calls)])),
  };
};

export const createCounts = (): Counts => {
  const [commands, refusals, rateLimited, refusedConnections] = [byName(), byName(), byName(), byName()];
  const [store, hooks] = [callsByName(), callsByName()];
  let pushes = 0;
  return {
    command: commands.add,
    push: () => {
      pushes += 1;
    },
    refusal: (code) => {
      refusals.add(String(code));
    },
    rateLimited: rateLimited.add,
    refusedConnection: (status) => {
      refusedConnections.add(String(status));
    },
    storeCall: store.note,
    hookCall: hooks.note,
    read: () => ({
      commands: commands.read(),
      pushes,
      refusals: refusals.read(),
      rateLimited: rateLimited.read(),
      refusedConnections: refusedConnections.read(),
      store: store.read(),
      hooks: hooks.read(),
    }),
  };
};
