/** The places in a page where diagrams of tests go. */
import { CheckFailed } from '../checks/tool.js';

/** The names of a diagram's streams, in the order in which the test makes them. */
export interface Names {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A diagram's place: from `<!-- diagram: path > describe > title | input$, other$ -> output$ -->` to `<!-- /diagram
 * -->`. In Chinese, the title of the test in Chinese follows the outputs: `| input$ -> output$ | 标题 -->`. It is beside
 * the title, so a test that gets another title makes both change.
 */
export interface Placeholder {
  /** Line of the comment in its page; the first line is 1. */
  readonly line: number;
  readonly testFile: string;
  /** The test's name in vitest: `describe > title`. */
  readonly test: string;
  readonly names: Names;
  /** The title of the test in the language of the page. Undefined if the page is in the language of the tests. */
  readonly caption: string | undefined;
}

const PLACEHOLDER = /<!-- diagram: (.+?) -->\n[\s\S]*?<!-- \/diagram -->/g;
const OPENING = /<!-- diagram: /g;

const listed = (names: string): readonly string[] =>
  names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const read = (content: string, line: number, place: string): Placeholder => {
  const [, testFile, test, inputs, outputs, caption] =
    /^(\S+) > (.+?) \| (.*?) ?-> ([^|]+?)(?: \| (.+))?$/.exec(content) ?? [];
  if (testFile === undefined || test === undefined || inputs === undefined || outputs === undefined)
    throw new CheckFailed(`${place}: should be <!-- diagram: file > describe > title | input$ -> output$ -->`);
  return { line, testFile, test, names: { inputs: listed(inputs), outputs: listed(outputs) }, caption };
};

const lineAt = (page: string, index: number): number => page.slice(0, index).split('\n').length;

/** The placeholders of a page in order. Throws an error with the place if one can't be read. */
export const placeholdersOf = (page: string, path: string): readonly Placeholder[] => {
  const found = [...page.matchAll(PLACEHOLDER)];
  const closed = new Set(found.map(({ index }) => index));
  const open = [...page.matchAll(OPENING)].find(({ index }) => !closed.has(index));
  if (open !== undefined)
    throw new CheckFailed(`${path}:${lineAt(page, open.index)}: a diagram without its <!-- /diagram -->`);
  return found.map(({ index, 1: content = '' }) => {
    const line = lineAt(page, index);
    return read(content, line, `${path}:${line}`);
  });
};

/** The page with all placeholders filled. */
export const filled = (page: string, contents: readonly string[]): string => {
  let next = 0;
  return page.replace(PLACEHOLDER, (_, content: string) => {
    const text = contents[next] ?? '';
    next += 1;
    return `<!-- diagram: ${content} -->\n\n${text}\n\n<!-- /diagram -->`;
  });
};
