/**
 * Compares a page with its translation, section by section: what a translation can't change. So a page that was
 * changed in one language only is noticed, without anybody comparing dates.
 */

/** What a section of a page has in any language. */
interface Section {
  readonly title: string;
  readonly level: number;
  /** Blocks of code, each with its language, without comments. */
  readonly blocks: readonly string[];
  /** Names in the text: options, functions, types. */
  readonly names: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly rows: number;
  readonly items: number;
  /** The pages that it links to. Headings have other anchors. */
  readonly links: readonly string[];
}

/** Comments are in the language of the page. */
const withoutComments = (code: string): string =>
  code
    .replaceAll(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replaceAll(/^\s*(?:\/\/|#) .*\n/gm, '')
    .replaceAll(/ +(?:\/\/|#) .*$/gm, '');

const BLOCK = /^```(\w*)\n([\s\S]*?)^```$/gm;
const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

const sectionOf = (text: string): Section => {
  const blocks = [...text.matchAll(BLOCK)].map(
    ([, language = '', code = '']) => `${language}\n${withoutComments(code)}`,
  );
  const prose = text.replaceAll(BLOCK, '').replaceAll(/<!--[\s\S]*?-->/g, '');
  const links = matches(prose, /\]\(([^)\s]+)\)/g);
  const words = prose.replaceAll(/\]\([^)\s]+\)/g, ']');
  const [, marks = '', title = ''] = /^(#{1,6}) (.*)$/m.exec(words) ?? [];
  return {
    title,
    level: marks.length,
    blocks,
    names: new Set(matches(words, /`([^`\n]+(?:\n[^`\n]+)?)`/g).map((name) => name.replaceAll(/\s+/g, ' '))),
    numbers: new Set(matches(words.replaceAll(/`[^`]*`/g, ''), /(\d+(?:[.,]\d+)*)/g)),
    rows: matches(words, /^(\|)/gm).length,
    items: matches(words, /^\s*(?:-|\d+\.) (.)/gm).length,
    links: links.map((link) => link.replace(/#.*$/, '')).filter((link) => link !== ''),
  };
};

const sectionsOf = (page: string): readonly Section[] => {
  // A line of code may begin with #.
  const blocks: string[] = [];
  const outline = page.replaceAll(BLOCK, (block) => `\u0000${String(blocks.push(block) - 1)}\u0000`);
  return outline
    .split(/^(?=#{1,6} )/m)
    .filter((section) => section.trim() !== '')
    .map((section) =>
      sectionOf(section.replaceAll(/\u0000(\d+)\u0000/g, (_, index: string) => blocks[Number(index)] ?? '')),
    );
};

const without = (some: ReadonlySet<string>, others: ReadonlySet<string>): string =>
  [...some].filter((each) => !others.has(each)).join(', ');

const differences = (original: Section, translated: Section): readonly string[] => {
  const counted = (what: string, ours: number, theirs: number): string =>
    ours === theirs ? '' : `has ${String(theirs)} ${what}, the original ${String(ours)}`;
  const [lost, added] = [without(original.names, translated.names), without(translated.names, original.names)];
  const [lostNumbers, addedNumbers] = [
    without(original.numbers, translated.numbers),
    without(translated.numbers, original.numbers),
  ];
  return [
    original.level === translated.level ? '' : 'is a heading of another level',
    counted('rows of tables', original.rows, translated.rows),
    counted('items of lists', original.items, translated.items),
    counted('links', original.links.length, translated.links.length),
    counted('blocks of code', original.blocks.length, translated.blocks.length),
    ...original.blocks.map((block, index) =>
      translated.blocks[index] === undefined || translated.blocks[index] === block
        ? ''
        : `has other code in block ${String(index + 1)}`,
    ),
    lost === '' ? '' : `does not name ${lost}`,
    added === '' ? '' : `names ${added}, which the original does not`,
    lostNumbers === '' ? '' : `does not have the numbers ${lostNumbers}`,
    addedNumbers === '' ? '' : `has the numbers ${addedNumbers}, which the original does not`,
  ].filter((difference) => difference !== '');
};

/** What has to be translated again, one line each. Empty if the translation is that of this original. */
export const outdated = (original: string, translation: string): readonly string[] => {
  const [ours, theirs] = [sectionsOf(original), sectionsOf(translation)];
  if (ours.length !== theirs.length)
    return [
      `${String(theirs.length)} headings, the original has ${String(ours.length)}: ${ours.map(({ title }) => title).join(' | ')}`,
    ];
  return ours.flatMap((section, index) => {
    const translated = theirs[index];
    return translated === undefined
      ? []
      : differences(section, translated).map((difference) => `"${translated.title}" (${section.title}) ${difference}`);
  });
};
