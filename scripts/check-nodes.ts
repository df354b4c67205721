/**
 * `npm run check:nodes [-- --nodes 20,22,24] [--times 1] [--seed 1] [test files...]`: runs the suite with several
 * versions of Node, without coverage, several times each. The property tests of each run draw with a seed of its own,
 * from `--seed` on. Prints a line for each run, a table, and the result as one line of JSON.
 * The status is 1 if a test has failed in any run. The versions come from npm's package `node`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cache, execute, root } from './checks/tool.js';

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '20,22,24' },
    times: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const majors = values.nodes.split(',');
const times = Number(values.times);
if (
  !majors.every((major) => /^\d+$/.test(major)) ||
  !Number.isInteger(times) ||
  times < 1 ||
  !/^\d+$/.test(values.seed)
) {
  console.error('--nodes should be like 20,22,24, --times a number from 1 on, and --seed an integer from 0 on');
  process.exit(1);
}

interface Run {
  readonly node: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  /** The tests that failed, and the files that could not be loaded. */
  readonly failures: readonly Failure[];
}

interface Failure {
  readonly name: string;
  /** What the test runner says of it. */
  readonly reason: string;
}

/** The part of the report of Vitest that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** The program of the newest Node of a major version. */
const programOf = async (major: string): Promise<string> =>
  process.versions.node.startsWith(`${major}.`)
    ? process.execPath
    : (await execute('npx', ['--yes', '--package', `node@${major}`, 'node', '--print', 'process.execPath'])).trim();

const reportFile = `${cache}test-results.json`;

const failuresIn = ({ testResults }: Report): readonly Failure[] =>
  testResults.flatMap(({ name, status, message = '', assertionResults }) => {
    const failed = assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ fullName, failureMessages = [] }) => ({ name: fullName, reason: failureMessages.join('\n') }));
    // A file that can't be loaded has no tests to count, but has failed.
    return status === 'failed' && failed.length === 0 ? [{ name: name.replace(root, ''), reason: message }] : failed;
  });

const run = async (program: string, version: string, seed: number): Promise<Run> => {
  rmSync(reportFile, { force: true });
  const started = performance.now();
  const child = spawn(program, [`${root}node_modules/vitest/vitest.mjs`, 'run', '--silent=passed-only', ...files], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, FC_SEED: String(seed) },
  });
  const [status] = (await once(child, 'close')) as [number | null];
  const seconds = Math.round((performance.now() - started) / 1_000);
  let report: Report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  } catch {
    return { node: version, passed: 0, failed: 1, seconds, failures: [{ name: 'Vitest left no results', reason: '' }] };
  }
  const failures = failuresIn(report);
  // An error outside of any test, such as an unhandled rejection, shows in the status alone.
  const all =
    status === 0 || failures.length > 0 ? failures : [{ name: `Vitest ended with ${String(status)}`, reason: '' }];
  return { node: version, passed: report.numPassedTests, failed: all.length, seconds, failures: all };
};

/** Lines of a reason that are printed: enough for a counterexample. */
const MAX_LINES = 40;
const shortened = (reason: string): string => reason.split('\n').slice(0, MAX_LINES).join('\n');

const runs: Run[] = [];
let seed = Number(values.seed);
for (const major of majors) {
  const program = await programOf(major);
  const version = (await execute(program, ['--version'])).trim();
  for (let time = 1; time <= times; time += 1) {
    const result = await run(program, version, seed);
    runs.push(result);
    const { passed, failed, seconds } = result;
    console.log(`${version}, ${time} of ${times}, seed ${seed}: ${passed} passed, ${failed} failed, ${seconds} s`);
    seed += 1;
    for (const { name, reason } of result.failures) console.log(`  FAILED ${name}\n${shortened(reason)}`);
  }
}

const versions = [...new Set(runs.map(({ node }) => node))];
const table = versions.map((node) => {
  const own = runs.filter((entry) => entry.node === node);
  const green = own.filter(({ failed }) => failed === 0).length;
  const slowest = Math.max(...own.map(({ seconds }) => seconds));
  return {
    node,
    runs: own.length,
    green,
    slowest,
    failures: [...new Set(own.flatMap(({ failures }) => failures.map(({ name }) => name)))],
  };
});

console.log(`\n${'node'.padEnd(10)} ${'runs'.padStart(5)} ${'green'.padStart(6)} ${'slowest'.padStart(9)}`);
for (const { node, runs: count, green, slowest } of table)
  console.log(
    `${node.padEnd(10)} ${String(count).padStart(5)} ${String(green).padStart(6)} ${`${slowest} s`.padStart(9)}`,
  );

const passed = runs.reduce((sum, entry) => sum + entry.passed, 0);
const failed = runs.reduce((sum, entry) => sum + entry.failed, 0);
if (failed > 0) process.exitCode = 1;
console.log(`\n${JSON.stringify({ passed, failed, nodes: table })}`);
