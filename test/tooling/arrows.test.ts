import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, snippetProject } from './snippet-project.js';

/**
 * A file of each folder, whose content the snippet takes the place of: typed rules only look at files that are there.
 * All of them import little, so that the compiler has little to read.
 */
const places = {
  codecs: 'codecs/defined.ts',
  streams: 'streams/shown.ts',
  src: 'src/listen.ts',
  server: 'server/numbers.ts',
  'server/domain': 'server/domain/party.ts',
  testing: 'testing/random.ts',
  angular: 'angular/value-or.ts',
  test: 'test/tooling/public-types.ts',
};

/** The rules, of those that are about imports, that a snippet breaks in a folder. */
const brokenRules = async (eslint: ESLint, folder: keyof typeof places, code: string): Promise<readonly string[]> => {
  const [result] = await eslint.lintText(code, { filePath: places[folder] });
  const broken = (result?.messages ?? []).flatMap(({ ruleId, fatal, message }) =>
    fatal === true ? [message] : (ruleId ?? []),
  );
  return [...new Set(broken)];
};

describe('the arrows between the folders', () => {
  let eslint: ESLint;
  // The first text makes the compiler read the project, which on a cold disk takes longer than any test may.
  beforeAll(async () => {
    eslint = new ESLint({
      cwd: root,
      overrideConfig: snippetProject,
      ruleFilter: ({ ruleId }) =>
        [
          'import-x/no-restricted-paths',
          'no-restricted-imports',
          'rxjs-x/no-subclass',
          'rxjs-x/no-sharereplay',
        ].includes(ruleId),
    });
    await brokenRules(eslint, 'codecs', '');
  }, 120_000);

  it.each([
    ['codecs', "export * from '../streams/index.js';"],
    ['codecs', "export * from '../src/index.js';"],
    ['codecs', "export * from '../server/index.js';"],
    ['streams', "export * from '../src/index.js';"],
    ['streams', "export * from '../server/index.js';"],
    ['streams', "export const later = () => import('../src/index.js');"],
    ['src', "export * from '../server/index.js';"],
    ['src', "import type {} from '../test/tooling/arrows.test.js';"],
    ['server', "export * from '../streams/index.js';"],
    ['server', "export * from '../src/index.js';"],
    ['codecs', "export * from '../testing/index.js';"],
    ['streams', "export * from '../testing/index.js';"],
    ['src', "export * from '../testing/index.js';"],
    ['server', "export * from '../testing/index.js';"],
    ['testing', "export * from '../server/index.js';"],
    ['testing', "export * from '../node/index.js';"],
    ['server/domain', "export * from '../bus.js';"],
    ['server/domain', "export * from '../../src/index.js';"],
    ['testing', "import type {} from '../marble-tests/marbles.js';"],
    ['angular', "export * from '../src/index.js';"],
    ['src', "export * from '../angular/index.js';"],
  ] as const)('%s/ may not contain %s', async (folder, code) => {
    expect(await brokenRules(eslint, folder, code)).toEqual(['import-x/no-restricted-paths']);
  });

  it.each([
    ['streams', "export * from '../codecs/index.js';"],
    ['src', "export * from '../codecs/index.js';"],
    ['src', "export * from '../streams/index.js';"],
    ['server', "export * from '../codecs/index.js';"],
    ['testing', "export * from '../codecs/index.js';"],
    ['testing', "export * from '../streams/index.js';"],
    ['testing', "export * from '../src/index.js';"],
    ['testing', "export * from '../server/domain/party.js';"],
    ['server', "export * from './domain/party.js';"],
    ['server/domain', "export * from '../../codecs/index.js';\nexport * from './refusal.js';"],
    ['testing', "import { TestScheduler } from 'rxjs/testing';\nexport const scheduler = TestScheduler;"],
    ['angular', "export * from 'rx-realtime';\nexport * from 'rx-realtime/testing';"],
    ['test', "export * from '../../server/index.js';"],
    ['test', "export * from '../../testing/index.js';"],
  ] as const)('%s/ may contain %s', async (folder, code) => {
    expect(await brokenRules(eslint, folder, code)).toEqual([]);
  });

  it.each([
    ['codecs', "export * from 'rxjs';", 'no-restricted-imports'],
    ['server', "export * from 'rxjs';", 'no-restricted-imports'],
    ['server/domain', "export * from 'rxjs';", 'no-restricted-imports'],
    ['server/domain', "export * from 'node:fs';", 'no-restricted-imports'],
    ['codecs', "export * from 'node:fs';", 'no-restricted-imports'],
    ['streams', "export * from 'ws';", 'no-restricted-imports'],
    ['testing', "export * from 'node:fs';", 'no-restricted-imports'],
    ['angular', "export * from 'node:fs';", 'no-restricted-imports'],
    ['src', "export * from 'rxjs/operators';", 'no-restricted-imports'],
    ['src', "export * from 'rxjs/internal/Observable';", 'no-restricted-imports'],
    ['src', "export * from 'fp-ts/Either';", 'no-restricted-imports'],
    ['src', "export * from 'io-ts/es6';", 'no-restricted-imports'],
    ['streams', "export { shareReplay } from 'rxjs';", 'no-restricted-imports'],
    ['src', "import { Subject } from 'rxjs';\nexport class Mine extends Subject<number> {}", 'rxjs-x/no-subclass'],
  ] as const)('%s/ may not contain %s either', async (folder, code, rule) => {
    expect(await brokenRules(eslint, folder, code)).toEqual([rule]);
  });
});
