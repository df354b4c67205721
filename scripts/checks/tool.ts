/** Runs the command-line tools of the checks. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The absolute path of the project, with a slash at its end. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url));

/** The folder for the output of checks. */
export const cache = `${root}.cache/`;

/** A check that failed. Its message says what is needed to fix it. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/**
 * Runs a program to its end and gives its standard output. If the status is not 0, throws a `CheckFailed` with the
 * whole output.
 */
export const execute = (
  program: string,
  args: readonly string[],
  cwd = root,
  env: NodeJS.ProcessEnv = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { cwd, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...env } },
      (error, stdout, stderr) => {
        if (error)
          reject(
            new CheckFailed(
              [stdout, stderr, typeof error.code === 'string' ? error.message : ''].filter(Boolean).join('\n'),
            ),
          );
        else resolve(stdout);
      },
    );
  });

/** Runs a tool of the development dependencies. */
export const tool = (name: string, ...args: readonly string[]): Promise<string> =>
  execute(`${root}node_modules/.bin/${name}`, args);
