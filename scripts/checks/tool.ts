/** Runs the command-line tools of the checks. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Absolute, with a slash at its end. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url));

/** Where checks leave what they make. */
export const cache = `${root}.cache/`;

/** A check that failed; the message is what its reader needs in order to mend it. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

/**
 * Runs a program to its end and gives its standard output; a status other than 0 is a `CheckFailed` with all of the
 * output.
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

/** Runs a tool that is a development dependency. */
export const tool = (name: string, ...args: readonly string[]): Promise<string> =>
  execute(`${root}node_modules/.bin/${name}`, args);
