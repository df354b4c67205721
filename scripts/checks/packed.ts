/**
 * Checks the package that would be published: its files, its manifest and the types of its entries, as a user's tools
 * see them.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { cache, CheckFailed, execute, root, tool } from './tool.js';

/** Builds dist/ if a source is newer. In a process of its own, because a build that fails ends its process. */
export const freshDist = (): Promise<string> =>
  execute(process.execPath, ['--input-type=module', '--eval', "(await import('./scripts/build.mjs')).build()"]);

/** Packs dist/ as it is into a folder that is emptied first. Gives the path of the tarball. */
export const pack = async (target = `${cache}pack/`): Promise<string> => {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const [packed] = JSON.parse(
    await execute('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', target]),
  ) as readonly {
    readonly filename: string;
  }[];
  if (packed === undefined) throw new CheckFailed('npm pack made nothing');
  return `${target}${packed.filename}`;
};

export const packed = async (): Promise<string> => {
  const tarball = await pack();
  await tool('publint', 'run', tarball, '--strict');
  await tool('attw', tarball, '--profile', 'esm-only');
  return tarball.slice(root.length);
};
