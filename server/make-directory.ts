/** Makes directories. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Makes a directory, and those above it, where they are not there. `mkdir` of Node with `recursive` does not end where
 * the system says that there is no place for it, such as in `/proc`.
 */
export const makeDirectory = async (path: string, mode?: number): Promise<void> => {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await isDirectory(path))) return;
    const above = dirname(path);
    if (codeOf(error) !== 'ENOENT' || above === path || (await isDirectory(above))) throw error;
    await makeDirectory(above, mode);
    await makeDirectory(path, mode);
  }
};
