/** Test runners, each with the configuration that docs/platforms.md shows. */
import { readFileSync } from 'node:fs';
import { CheckFailed, root } from '../../../scripts/checks/tool.js';
import { CHAT, bin, write, writePrograms, type Tool } from './tool.js';

/** The block of a section of docs/platforms.md that shows a file. */
const shown = (section: string, file: string): string => {
  const page = readFileSync(`${root}docs/platforms.md`, 'utf8');
  const [, text = ''] = page.split(new RegExp(`^### ${section}$`, 'm'));
  const [, code] = new RegExp(`\`\`\`js\\n// ${file}\\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  if (code === undefined) throw new CheckFailed(`docs/platforms.md shows no ${file} under "${section}"`);
  return code;
};

/** One message goes out and comes back, and a test in virtual time runs. */
const TESTS = `
import { runMarbles } from 'rx-realtime/testing';
import { chat } from './chat.mjs';

test('a message goes out and comes back', async () => {
  expect(await chat('SERVER')).toBe('a é 世 😀');
});
test('the testing kit runs', () => {
  expect(typeof runMarbles).toBe('function');
});
`;

const jest: Tool = {
  name: 'jest',
  packages: [
    'jest@30.5.2',
    'jest-environment-jsdom@30.5.2',
    'babel-jest@30.5.2',
    '@babel/core@7.29.0',
    '@babel/preset-env@7.29.0',
    'ts-jest@29.4.15',
    'typescript@5.9.3',
  ],
  run: async (trial) => {
    // Jest reads .mjs with the loader of Node only.
    write(trial.directory, { 'chat.js': CHAT });
    const tests = TESTS.replace('SERVER', trial.server).replace('chat.mjs', 'chat.js');
    const configured = {
      babel: { file: 'jest.config.cjs', test: 'chat.test.js', config: shown('Jest with Babel', 'jest.config.cjs') },
      ts: { file: 'jest.config.cjs', test: 'chat.test.ts', config: shown('Jest with ts-jest', 'jest.config.cjs') },
    };
    for (const { file, test, config } of Object.values(configured))
      for (const environment of ['node', 'jsdom']) {
        write(trial.directory, {
          [file]: `${config}\nmodule.exports.testEnvironment = '${environment}';`,
          'babel.config.cjs': shown('Jest with Babel', 'babel.config.cjs'),
          [test]: test.endsWith('.ts') ? `// @ts-nocheck\n${tests}` : tests,
        });
        await bin(trial, 'jest/bin/jest.js', '--runInBand', '--ci', test);
      }
    return 'by Babel and by ts-jest, in node and in jsdom';
  },
};

const vitest: Tool = {
  name: 'vitest',
  packages: ['vitest@4.1.11', 'jsdom@26.1.0'],
  run: async (trial) => {
    writePrograms(trial);
    const tests = `import { expect, test } from 'vitest';\n${TESTS.replace('SERVER', trial.server)}`;
    write(trial.directory, { 'chat.test.mjs': tests });
    for (const environment of ['node', 'jsdom'])
      await bin(trial, 'vitest/vitest.mjs', 'run', '--environment', environment);
    return 'in node and in jsdom, without configuration';
  },
};

export const testRunners: readonly Tool[] = [jest, vitest];
