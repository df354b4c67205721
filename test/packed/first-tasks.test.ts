/**
 * The programs of docs/first-tasks.md, as a stranger runs them: from the tarball, in a project that has nothing but
 * this package and RxJS.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDist, pack } from '../../scripts/checks/packed.js';
import { execute, root } from '../../scripts/checks/tool.js';

const page = readFileSync(`${root}docs/first-tasks.md`, 'utf8');

const blockOf = (language: string, section: string): string => {
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
  const [block, ...others] = blocks.map(([, content = '']) => content);
  if (block === undefined || others.length > 0)
    throw new Error(`one block of ${language} is wanted here: ${section.slice(0, 80)}`);
  return block;
};

const [introduction = '', ...sections] = page.split(/^## /m);
const tasks = sections.map((section, index) => ({
  title: section.slice(0, section.indexOf('\n')),
  file: `task-${String(index + 1)}`,
  code: blockOf('ts', section),
  output: blockOf('text', section),
}));

const codeLines = (code: string): readonly string[] =>
  code.split('\n').filter((line) => !/^\s*(?:\/\/.*|\/\*\*.*)?$/.test(line));

describe('the first tasks of a stranger', () => {
  // Outside of the project, whose node_modules would answer for what is missing.
  const directory = mkdtempSync(join(tmpdir(), 'rx-realtime-tasks-'));
  const project = join(directory, 'project');
  const write = (name: string, content: string): void => {
    writeFileSync(join(project, name), content);
  };

  beforeAll(async () => {
    await freshDist();
    const tarball = await pack(join(directory, 'tarball/'));
    mkdirSync(project);
    write('package.json', JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await execute('npm', ['install', ...flags, tarball, 'rxjs@7'], project);
    write('tsconfig.json', blockOf('json', introduction));
    for (const { file, code } of tasks) write(`${file}.ts`, code);
  }, 180_000);
  afterAll(() => rm(directory, { recursive: true }), 60_000);

  it('need nothing but this package and RxJS', () => {
    const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
      readonly dependencies: object;
    };
    expect(Object.keys(dependencies)).toEqual(['rx-realtime', 'rxjs']);
    expect(tasks.map(({ title }) => title)).toEqual([
      'Chat in 30 lines',
      'A message type of your own',
      'An unread badge',
    ]);
  });

  it('begin with a chat that has 30 lines of code or fewer', () => {
    expect(codeLines(tasks[0]?.code ?? '').length).toBeLessThanOrEqual(30);
  });

  it('compile with the options that the page gives', async () => {
    await execute(`${root}node_modules/.bin/tsc`, ['-p', '.'], project);
  }, 120_000);

  it.each(tasks)(
    'print what the page says: $title',
    async ({ file, output }) => {
      // A program that doesn't end is stopped, and what it has printed is what it is judged by.
      const run = promisify(execFile)(process.execPath, [`${file}.js`], { cwd: project, timeout: 30_000 });
      const { stdout } = await run.catch((error: unknown) => error as { readonly stdout: string });
      expect(stdout).toBe(output);
    },
    60_000,
  );
});
