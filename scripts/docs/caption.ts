/** The line above a diagram: the rule that it shows, and a link to its test. */
import { posix } from 'node:path';
import type { Placeholder } from './placeholders.js';

/** `N5: goes line by line` is feature N5 of the checklist. */
const FEATURE = /^[A-Z]\d+: /;

/** The titles of a test make a sentence. */
const sentenceOf = (test: string): string =>
  test
    .split(' > ')
    .map((part) => part.replace(FEATURE, ''))
    .join(' ');

const inMarkdown = (text: string): string => text.replaceAll(/[\\*_[\]<>`]/g, '\\$&').replaceAll(/[\w.]+\$/g, '`$&`');

/** The caption of a diagram on the page at `path`. Chinese has no italics, and brackets of its own. */
export const captionOf = ({ test, testFile, caption }: Placeholder, path: string): string => {
  const link = posix.relative(posix.dirname(path), testFile);
  return caption === undefined
    ? `_${inMarkdown(sentenceOf(test))}_ ([test](${link}))`
    : `${inMarkdown(caption)}（[测试](${link})）`;
};
