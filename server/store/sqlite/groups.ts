/** Carries out calls in groups: each group is one transaction, so one commit. */
import { Refusal } from '../../domain/refusal.js';
import type { Connection } from './connection.js';
import { failureOf, type Outcome, type Request } from './protocol.js';

type CarryOut = (request: Request) => unknown;

export interface GroupsOptions {
  readonly connection: Pick<Connection, 'exec'>;
  readonly carryOut: CarryOut;
  /** Called when a transaction has been undone. */
  readonly undone: () => void;
}

export interface Groups {
  readonly run: (requests: readonly Request[]) => readonly Outcome[];
}

/** An error of a call, not of the commit. */
class CallFailed extends Error {
  constructor(readonly reason: unknown) {
    super('a call has failed');
  }
}

/**
 * Carries out a group of calls by one commit, and gives their outcomes in the same order. If a call fails, it must not
 * undo the others: then each is carried out by itself. If the commit fails, all have failed.
 */
export const createGroups = ({ connection, carryOut, undone }: GroupsOptions): Groups => {
  const outcomeOf = (request: Request): Outcome => {
    const { id } = request;
    try {
      return { id, _tag: 'Done', result: carryOut(request) };
    } catch (error) {
      // It was refused before anything was changed.
      if (error instanceof Refusal) return { id, _tag: 'Failed', failure: failureOf(error) };
      throw new CallFailed(error);
    }
  };

  const rollBack = (): void => {
    undone();
    try {
      connection.exec('rollback');
    } catch {
      // SQLite has done it already.
    }
  };

  const together = (requests: readonly Request[]): readonly Outcome[] => {
    connection.exec('begin immediate');
    try {
      const outcomes = requests.map(outcomeOf);
      connection.exec('commit');
      return outcomes;
    } catch (error) {
      rollBack();
      throw error;
    }
  };

  const run = (requests: readonly Request[]): readonly Outcome[] => {
    try {
      return together(requests);
    } catch (error) {
      if (error instanceof CallFailed && requests.length > 1) return requests.flatMap((request) => run([request]));
      const failure = failureOf(error instanceof CallFailed ? error.reason : error);
      return requests.map(({ id }) => ({ id, _tag: 'Failed', failure }));
    }
  };

  return { run };
};
