/**
 * `npm run bench [-- --only inbound,size]`: runs all benchmarks, and writes their figures into bench/README.md if it
 * was all of them. The last line is JSON: the figures of each benchmark.
 *
 * `npm run bench -- --against <commit> [--only …] [--times 3]`: builds another commit beside, runs each benchmark of
 * this commit on both in turn, and prints new to old for each figure. The medians of so many runs are compared.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compared, figuresIn, isReached, medians, shown, table, valueOf, type Figures } from './all/figures.js';
import { rows } from './all/rows.js';

/** The compiled benchmarks are in `.cache/bench/`. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = `${root}bench/README.md`;
const [BEGIN, END] = ['<!-- figures -->\n', '<!-- /figures -->'];

const { values } = parseArgs({
  options: { only: { type: 'string' }, against: { type: 'string' }, times: { type: 'string', default: '3' } },
});
const all = [...new Set(rows.map(({ bench }) => bench))];
const only = values.only?.split(',');
const chosen = all.filter((bench) => only?.includes(bench.split(' ')[0] ?? '') ?? true);
const times = Number(values.times);
if (chosen.length === 0 || !Number.isInteger(times) || times < 1) {
  const names = [...new Set(all.map((bench) => bench.split(' ')[0]))].join(', ');
  console.error(`--only takes names of ${names}, and --times a number from 1 on.`);
  process.exit(1);
}

/** Runs a benchmark of a checkout. Undefined if it failed: then its output was printed. */
const measure = async (bench: string, checkout: string): Promise<Figures | undefined> => {
  const [name = '', ...options] = bench.split(' ');
  // This one bundles sources, and measures no time.
  const program =
    name === 'size' ? ['--import', 'tsx', `${checkout}/bench/size.ts`] : [`${checkout}/.cache/bench/${name}.js`];
  const child = spawn(process.execPath, [...program, ...options], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [status] = (await once(child, 'close')) as [number | null];
  const figures = figuresIn(output);
  if (figures === undefined) console.error(`${bench} has ended with status ${String(status)}:\n${output}\n${errors}`);
  return figures;
};

const timed = async (bench: string, checkout: string, of: string): Promise<Figures | undefined> => {
  const begun = performance.now();
  const figures = await measure(bench, checkout);
  console.log(`${bench}${of}: ${Math.round((performance.now() - begun) / 1_000)} s`);
  return figures;
};

/** Builds a commit in a folder of its own, and compiles the benchmarks of this commit for it. */
const checkOut = async (commit: string): Promise<{ readonly folder: string; readonly remove: () => void }> => {
  const folder = join(mkdtempSync(join(tmpdir(), 'rx-realtime-bench-')), 'old');
  const execute = (file: string, args: readonly string[], cwd: string): void => {
    execFileSync(file, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  execute('git', ['worktree', 'add', '--detach', folder, commit], root);
  execute('npm', ['ci', '--no-audit', '--no-fund'], folder);
  // A peer of a benchmark that the other commit did not have yet.
  for (const name of readdirSync(`${root}node_modules`)) {
    const there = `${folder}/node_modules/${name}`;
    if (!existsSync(there)) symlinkSync(`${root}node_modules/${name}`, there);
  }
  execute('npm', ['run', 'build'], folder);
  const { buildBenches } = (await import(`${root}scripts/bench-build.mjs`)) as {
    readonly buildBenches: (root: string) => string;
  };
  buildBenches(folder);
  return {
    folder,
    remove: () => {
      execute('git', ['worktree', 'remove', '--force', folder], root);
      rmSync(join(folder, '..'), { recursive: true, force: true });
    },
  };
};

if (values.against === undefined) {
  const measured = new Map<string, Figures>();
  for (const bench of chosen) {
    const figures = await timed(bench, root, '');
    if (figures === undefined) process.exitCode = 1;
    else measured.set(bench, figures);
  }
  const shownRows = rows.filter(({ bench }) => chosen.includes(bench));
  const text = `${table(shownRows, measured)}\n`;
  console.log(`\n${text}`);
  const missed = shownRows.filter(
    (row) => row.wanted !== undefined && !isReached(valueOf(row, measured.get(row.bench) ?? new Map()), row.wanted),
  );
  console.log(`${shownRows.length - missed.length} of ${shownRows.length} lines are as wanted.`);
  if (chosen.length === all.length && process.exitCode === undefined) {
    const page = readFileSync(readme, 'utf8');
    const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
    if (start === -1 || end === -1) throw new Error(`bench/README.md has no ${BEGIN.trim()} or no ${END}`);
    const machine = `Node ${process.versions.node}, ${availableParallelism()} cores. Bold: less than is wanted.`;
    writeFileSync(readme, `${page.slice(0, start + BEGIN.length)}\n${machine}\n\n${text}\n${page.slice(end)}`);
  }
  console.log(
    JSON.stringify(Object.fromEntries([...measured].map(([bench, figures]) => [bench, Object.fromEntries(figures)]))),
  );
} else {
  const old = await checkOut(values.against);
  try {
    const ratios: Record<string, Record<string, number>> = {};
    for (const bench of chosen) {
      const [now, before]: [Figures[], Figures[]] = [[], []];
      for (let time = 0; time < times; time += 1) {
        const turns: readonly [string, string, Figures[]][] = [
          [root, ', new', now],
          [old.folder, `, ${values.against}`, before],
        ];
        for (const [checkout, of, into] of time % 2 === 0 ? turns : turns.toReversed()) {
          const figures = await timed(bench, checkout, of);
          if (figures !== undefined) into.push(figures);
        }
      }
      const lines = compared(medians(now), medians(before));
      if (lines.length === 0) console.log(`${bench}: the two commits have no figure in common.`);
      ratios[bench] = Object.fromEntries(lines.map(([path, ratio]) => [path, Number(ratio.toFixed(3))]));
      for (const [path, ratio] of lines) console.log(`  ${path.padEnd(40)} new / old ${shown(ratio)}`);
    }
    console.log(JSON.stringify(ratios));
  } finally {
    old.remove();
  }
}
