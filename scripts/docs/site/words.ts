/**
 * The words of a text, for the search of the site. Chinese has no spaces between them. The site sends this function to
 * browsers as text, so it uses nothing from outside of itself.
 */
export const wordsOf = (text: string): string[] =>
  [...new Intl.Segmenter('zh', { granularity: 'word' }).segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
