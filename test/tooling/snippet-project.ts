import type { Linter } from 'eslint';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** ESLint reads the types of a few small files for a snippet, and not those of the whole project. */
export const snippetProject: Linter.Config = {
  files: ['**/*.ts'],
  languageOptions: {
    parserOptions: {
      projectService: false,
      project: 'test/tooling/snippets.tsconfig.json',
      tsconfigRootDir: root,
    },
  },
};
