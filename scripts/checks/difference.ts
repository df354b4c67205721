import { CheckFailed, execute } from './tool.js';

/** `git diff` of two files; its status is 1 where there is one. */
export const difference = (before: string, after: string): Promise<string> =>
  execute('git', ['diff', '--no-index', '--no-color', before, after]).catch((error: unknown) =>
    error instanceof CheckFailed ? error.message : '',
  );
