/** Runs the jobs of one key one after the other; jobs of different keys run side by side. */
export const serialByKey = (): (<R>(key: string, job: () => Promise<R>) => Promise<R>) => {
  const tails = new Map<string, Promise<unknown>>();
  return (key, job) => {
    const before = tails.get(key) ?? Promise.resolve();
    const run = before.then(job, job);
    tails.set(key, run);
    const ended = (): void => {
      if (tails.get(key) === run) tails.delete(key);
    };
    run.then(ended, ended);
    return run;
  };
};
