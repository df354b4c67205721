/**
 * `npm run mutants:delivery`: in a copy of the sources, removes the rules of delivery one at a time, and checks that
 * tests fail each time. The last line is JSON. The status is 1 if a mutant survives.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folders } from './entries.mjs';
import { mutants } from './mutants/delivery.js';
import type { Mutant } from './mutants/mutant.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const PARTS = [
  ...folders,
  'test',
  'marble-tests',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'scripts/entries.mjs',
];
/** Quick suites come first, because the first failing suite is enough. */
const SUITES: readonly (readonly string[])[] = [
  [
    'marble-tests/streams',
    'marble-tests/session',
    'marble-tests/client',
    'marble-tests/outbox',
    'test/session',
    'marble-tests/connection.test.ts',
    'test/connection/machine.test.ts',
  ],
  [
    'test/integration/log.test.ts',
    'test/integration/reconnect.test.ts',
    'test/integration/modifications.test.ts',
    'test/integration/late-answers.test.ts',
  ],
  ['test/model/delivery.property.test.ts'],
];

const copy = (): string => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'mutant-'));
  for (const part of PARTS) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return folder;
};

const passes = (folder: string, suite: readonly string[]): boolean =>
  spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--bail', '1', '--reporter', 'dot', ...suite],
    {
      cwd: folder,
      stdio: 'ignore',
      timeout: 300_000,
    },
  ).status === 0;

/** The first suite that fails. */
const killedBy = (folder: string): string | undefined => SUITES.find((suite) => !passes(folder, suite))?.[0];

/** A copy of a file with the mutant in it. */
const mutated = ({ file, from, to }: Mutant): string => {
  const source = readFileSync(join(root, file), 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} should have this once: ${from}`);
  return source.replace(from, () => to);
};

// All mutants are checked before anything slow runs.
for (const mutant of mutants) mutated(mutant);
const folder = copy();
const survivors: string[] = [];
try {
  const sound = killedBy(folder);
  if (sound !== undefined) throw new Error(`${sound} fails without any mutant`);
  for (const mutant of mutants) {
    const { rule, file } = mutant;
    writeFileSync(join(folder, file), mutated(mutant));
    const killer = killedBy(folder);
    cpSync(join(root, file), join(folder, file));
    if (killer === undefined) survivors.push(rule);
    console.log(
      `${killer === undefined ? 'SURVIVED' : 'died    '}  ${rule}${killer === undefined ? '' : `  (${killer})`}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(JSON.stringify({ mutants: mutants.length, died: mutants.length - survivors.length, survivors }));
process.exitCode = survivors.length === 0 ? 0 : 1;
