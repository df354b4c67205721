/** The pages of docs/ with their diagrams, drawn again from the tests. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { recordingOf, type Diagram, type Recording } from '../../marble-tests/drawing/diagram.js';
import { CheckFailed, execute, root } from '../checks/tool.js';
import { blockOf } from './block.js';
import { captionOf } from './caption.js';
import { filled, placeholdersOf, type Placeholder } from './placeholders.js';

export interface Page {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly diagrams: number;
}

/** Runs tests, and gives the diagrams that they have drawn, by file. */
const draw = async (testFiles: readonly string[]): Promise<ReadonlyMap<string, Recording>> => {
  const folder = mkdtempSync(join(tmpdir(), 'rx-realtime-diagrams-'));
  try {
    const vitest = `${root}node_modules/vitest/vitest.mjs`;
    await execute(process.execPath, [vitest, 'run', '--reporter=dot', ...testFiles], root, { MARBLE_DIAGRAMS: folder });
    return new Map(
      testFiles.map((testFile) => {
        const file = recordingOf(folder, testFile);
        return [testFile, existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : {}];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The reason why a diagram can't be drawn. */
const problemWith = ({ testFile, test, names }: Placeholder, diagram: Diagram | undefined): string | undefined => {
  if (diagram === undefined) return `${testFile} has no test "${test}" that draws a diagram`;
  if (diagram.inputs.some(({ marbles }) => marbles.includes('^')))
    return `"${test}" draws what was before its start, which has no column`;
  const side = (['inputs', 'outputs'] as const).find((each) => diagram[each].length !== names[each].length);
  if (side === undefined) return undefined;
  return `"${test}" draws ${plural(diagram[side].length, side.slice(0, -1))}, but there are names for ${names[side].length}`;
};

const contentOf = (path: string, placeholder: Placeholder, diagram: Diagram): string =>
  `${captionOf(placeholder, path)}\n\n\`\`\`text\n${blockOf(diagram, placeholder.names)}\n\`\`\``;

/**
 * Every page with diagrams, as it is and as it should be. If diagrams can't be drawn, throws an error that lists
 * them.
 */
export const pages = async (): Promise<readonly Page[]> => {
  const read = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((name) => name.endsWith('.md'))
    .map((name) => {
      const path = `docs/${name}`;
      const before = readFileSync(`${root}${path}`, 'utf8');
      return { path, before, placeholders: placeholdersOf(before, path) };
    })
    .filter(({ placeholders }) => placeholders.length > 0);
  const drawn = await draw([
    ...new Set(read.flatMap(({ placeholders }) => placeholders.map(({ testFile }) => testFile))),
  ]);
  const diagramOf = ({ testFile, test }: Placeholder): Diagram | undefined => drawn.get(testFile)?.[test];
  const problems = read.flatMap(({ path, placeholders }) =>
    placeholders.flatMap((placeholder) => {
      const problem = problemWith(placeholder, diagramOf(placeholder));
      return problem === undefined ? [] : [`${path}:${placeholder.line}: ${problem}`];
    }),
  );
  if (problems.length > 0) throw new CheckFailed(problems.join('\n'));
  return Promise.all(
    read.map(async ({ path, before, placeholders }) => {
      const contents = placeholders.flatMap((placeholder) => {
        const diagram = diagramOf(placeholder);
        return diagram === undefined ? [] : [contentOf(path, placeholder, diagram)];
      });
      const filepath = `${root}${path}`;
      const after = await format(filled(before, contents), { ...(await resolveConfig(filepath)), filepath });
      return { path, before, after, diagrams: contents.length };
    }),
  );
};
