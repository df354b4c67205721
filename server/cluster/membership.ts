/** The place of this process in the cluster: its lease, the other processes, and what a broken wire has lost. */
import type { BusServer, KeptWill } from '../bus.js';
import type { Local } from './local.js';
import type { Lookout } from './lookout.js';
import type { Cut, Nodes, NodeState, OtherNode } from './nodes.js';
import { BEAT, CONFIRM_TIME, MARGIN, pause, SAFETY, soon } from './timing.js';

export interface Membership {
  /** Whether the lease lasts. It is looked at before anything is written to a client. */
  readonly isServing: () => boolean;
  readonly others: () => ReadonlyMap<string, OtherNode>;
  /**
   * Whether there are no others, and the database has known of none for some time: after a crash, it does not know of
   * processes that live until they have entered themselves again.
   */
  readonly isAlone: () => boolean;
  /** What was published since the last confirmation may be lost, and what others have published. */
  readonly onBreak: () => void;
  /** Takes a lease, and keeps it. Resolves when the others know of this process. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface MembershipOptions {
  readonly id: string;
  readonly name: string;
  readonly lease: number;
  readonly nodes: Pick<Nodes, 'bury' | 'forget' | 'leave' | 'online' | 'register' | 'renew'>;
  readonly local: Pick<Local, 'clientIds' | 'writeAll'>;
  /** The wills of the sessions of this process, which the database keeps for the others. */
  readonly wills: { readonly writeAll: () => Promise<void>; readonly clear: () => void };
  readonly lookout: Pick<Lookout, 'lookFrom' | 'lookedAt'>;
  readonly confirm: () => Promise<void>;
  readonly server: () => BusServer | undefined;
  /** The time of the database, as far as it is known, ms. */
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

/** After a break, sessions that were about to open are looked at once more, ms. */
const SECOND_LOOK = 2_000;
const FORGET_PERIOD = 600_000;
/** The database ends what a process has begun that has died, at the latest so long after it was given up, ms. */
const LAST_COMMIT = 5_000;

export const createMembership = (options: MembershipOptions): Membership => {
  const { id, name, lease, nodes, local, wills, lookout, confirm, server, now, report } = options;
  const { lookFrom } = lookout;
  /** By the monotonic clock: from then on the others may take this process for gone. */
  let deadline = 0;
  let isLapsed = true;
  /** The clients that were here when the lease ended. */
  let left: readonly string[] = [];
  /** What is to be told of them when there is a lease again, unless the others have told it. */
  let owed: { readonly isOwed: boolean; readonly wills: readonly KeptWill[] } | undefined;
  let others: ReadonlyMap<string, OtherNode> = new Map();
  let sawOthersAt = performance.now();
  /** Up to when it was looked for what other processes may have lost. */
  const seenCuts = new Map<string, number>();
  /** What this process has published may be lost from then on. */
  let brokenSince: number | undefined;
  let confirmedAt = now();
  let breaks = 0;
  let cut: Cut | undefined;
  const run = { isStopped: false };

  const stateOf = (): NodeState => ({ id, name, url: server()?.publicUrl(), load: server()?.load() ?? 0, cut });

  const isServing = (): boolean => {
    if (isLapsed) return false;
    if (performance.now() < deadline) return true;
    // The database was away, or the process stood still.
    isLapsed = true;
    left = local.clientIds();
    owed = undefined;
    wills.clear();
    report(new Error('the database could not be reached in time: the sockets are closed, clients go elsewhere'));
    server()?.lapse();
    return false;
  };

  const onBreak = (): void => {
    breaks += 1;
    if (!run.isStopped) brokenSince ??= confirmedAt - MARGIN;
  };

  /** Looks at the other processes: which have died, and which have lost something. */
  const look = (at: number, next: readonly OtherNode[]): void => {
    const lived = others;
    others = new Map(next.map((other) => [other.id, other]));
    if (others.size > 0) sawOthersAt = performance.now();
    for (const [other, { until }] of lived) {
      if (others.has(other)) continue;
      seenCuts.delete(other);
      // What it published last may be lost. Its last lease began so long before its end.
      const from = until - lease - CONFIRM_TIME;
      lookFrom(from, from);
      // What waits for a transaction of it is stored later.
      soon(LAST_COMMIT, () => {
        if (!run.isStopped) lookFrom(from);
      });
    }
    for (const { id: other, cut: its } of next) {
      // One that comes back may have lost something before, if that is not long ago.
      const isRecent = its !== undefined && its.until > at - lease - CONFIRM_TIME;
      const seenUntil = seenCuts.get(other) ?? (isRecent ? its.from : at);
      seenCuts.set(other, Math.max(seenUntil, its?.until ?? 0));
      if (its === undefined || its.until <= seenUntil) continue;
      const from = Math.max(its.from, seenUntil) - MARGIN;
      lookFrom(from, from);
    }
  };

  /** Renews the lease. Gives what the database says, and when it was asked. */
  const renewed = async () => {
    const asked = { at: 0 };
    const answer = await nodes.renew(stateOf(), lease, () => {
      asked.at = performance.now();
    });
    return { ...answer, askedAt: asked.at };
  };

  /**
   * Waits until all others know of this process: they ask where clients are only if they know of another process. One
   * that has renewed its lease twice since then has seen it. Gives when the last lease was asked for.
   */
  const known = async (since: number): Promise<number> => {
    const seenBy = new Map<string, number>();
    const end = performance.now() + lease;
    for (;;) {
      const { isHeld, now: at, others: next, askedAt } = await renewed();
      if (!isHeld) throw new Error('the lease has ended before all others knew of it');
      look(at, next);
      const waitsFor = next.filter(({ id: other, until }) => {
        const first = seenBy.get(other);
        if (first === undefined && until >= since + lease) seenBy.set(other, until);
        return first === undefined || until <= first;
      });
      if (waitsFor.length === 0 || performance.now() > end || run.isStopped) return askedAt;
      await pause(BEAT / 5);
    }
  };

  /** Takes a lease, when there is none, or when the database has lost it. */
  const enter = async (): Promise<void> => {
    const before = confirmedAt;
    const registered = await nodes.register(stateOf(), lease);
    const { now: at } = registered;
    // Without the database, nobody could be seen. Others that it was away for, too, may still store what is under way.
    sawOthersAt = performance.now();
    // What the first try has found counts: the next one finds what this one has written.
    owed = { isOwed: owed?.isOwed ?? registered.wasThere, wills: [...(owed?.wills ?? []), ...registered.wills] };
    // Who is here is written before anybody relies on it.
    await local.writeAll();
    await wills.writeAll();
    deadline = (await known(at)) + lease - SAFETY;
    const wasLapsed = isLapsed;
    if (performance.now() < deadline) isLapsed = false;
    // Otherwise the process that has taken this one for gone has told of them.
    if (owed.isOwed && left.length > 0) {
      const elsewhere = await nodes.online(left);
      server()?.gone(
        left.filter((clientId) => !elsewhere.has(clientId)),
        owed.wills.filter(({ clientId }) => !elsewhere.has(clientId)),
      );
    }
    left = [];
    owed = undefined;
    if (wasLapsed) return;
    const from = Math.min(before, at - lease) - MARGIN;
    lookFrom(from, from);
  };

  const mended = (at: number): void => {
    confirmedAt = at;
    if (brokenSince === undefined) return;
    const from = brokenSince;
    brokenSince = undefined;
    // The others read it with the next lease.
    cut = { from, until: now() };
    lookFrom(from, from);
    soon(SECOND_LOOK, () => {
      if (!run.isStopped) lookFrom(from, from);
    });
  };

  let confirming: number | undefined;
  const checkWire = (): void => {
    if (confirming !== undefined) {
      if (performance.now() - confirming > CONFIRM_TIME) onBreak();
      return;
    }
    confirming = performance.now();
    const [at, breaksBefore] = [now(), breaks];
    void confirm()
      .then(() => {
        if (breaks === breaksBefore) mended(at);
      }, onBreak)
      .finally(() => (confirming = undefined));
  };

  const bury = async (): Promise<void> => {
    const { clients, wills } = await nodes.bury();
    if (clients.length > 0) server()?.gone(clients, wills);
  };

  let isFailing = false;
  const renew = async (): Promise<void> => {
    checkWire();
    if (brokenSince !== undefined) {
      cut = { from: brokenSince, until: now() };
      const from = Math.max(brokenSince, lookout.lookedAt() - CONFIRM_TIME);
      lookFrom(from, from);
    }
    try {
      const { isHeld, now: at, others: next, isAnyDead, askedAt } = await renewed();
      isFailing = false;
      // A lease that has ended by the own clock is not taken up again: a new one begins.
      if (isHeld && isServing()) {
        deadline = Math.max(deadline, askedAt + lease - SAFETY);
        look(at, next);
      } else await enter();
      if (isAnyDead) await bury();
    } catch (error) {
      if (!isFailing && !run.isStopped) report(error);
      isFailing = true;
    }
    isServing();
  };

  let timers: readonly NodeJS.Timeout[] = [];
  let beating: NodeJS.Timeout | undefined;
  let renewing: Promise<void> | undefined;
  const beat = (): void => {
    if (run.isStopped) return;
    const began = performance.now();
    renewing = renew().then(() => {
      if (!run.isStopped) beating = soon(Math.max(0, BEAT - (performance.now() - began)), beat);
    });
  };

  return {
    isServing,
    others: () => others,
    isAlone: () => others.size === 0 && performance.now() - sawOthersAt > lease + CONFIRM_TIME,
    onBreak,
    start: async () => {
      await enter();
      timers = [
        // A call of the database may take longer than the lease.
        setInterval(isServing, BEAT / 5).unref(),
        setInterval(() => void nodes.forget().catch(report), FORGET_PERIOD).unref(),
      ];
      beat();
    },
    stop: async () => {
      run.isStopped = true;
      isLapsed = true;
      clearTimeout(beating);
      for (const timer of timers) clearInterval(timer);
      await renewing;
      await nodes.leave(id).catch(report);
    },
  };
};
