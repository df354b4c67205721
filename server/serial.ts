export interface SerialByKey {
  <R>(key: string, job: () => Promise<R>): Promise<R>;
  /** Whether a job of the key runs, or waits. */
  readonly isBusy: (key: string) => boolean;
}

/** Runs the jobs of one key one after the other; jobs of different keys run side by side. */
export const serialByKey = (): SerialByKey => {
  const tails = new Map<string, Promise<unknown>>();
  const inOrder = <R>(key: string, job: () => Promise<R>): Promise<R> => {
    const before = tails.get(key) ?? Promise.resolve();
    const run = before.then(job, job);
    tails.set(key, run);
    const ended = (): void => {
      if (tails.get(key) === run) tails.delete(key);
    };
    run.then(ended, ended);
    return run;
  };
  return Object.assign(inOrder, { isBusy: (key: string) => tails.has(key) });
};
