import type { Linter } from 'eslint';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** ESLint reads the types of a few small files for a snippet, and not those of the whole project. */
export const snippetProject: Linter.Config = {
  files: ['**/*.ts'],
  languageOptions: {
    parserOptions: {
      projectService: false,
      // Where CI is set, the parser would read each file once, from the disk, and never see a snippet.
      disallowAutomaticSingleRunInference: true,
      project: 'test/tooling/snippets.tsconfig.json',
      tsconfigRootDir: root,
    },
  },
};
