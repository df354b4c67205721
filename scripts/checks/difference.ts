import { CheckFailed, execute } from './tool.js';

/** Runs `git diff` on two files. Its status is 1 if they differ. */
export const difference = (before: string, after: string): Promise<string> =>
  execute('git', ['diff', '--no-index', '--no-color', before, after]).catch((error: unknown) =>
    error instanceof CheckFailed ? error.message : '',
  );
