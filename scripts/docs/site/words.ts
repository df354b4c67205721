/**
 * The words of a text, for the search of the site. Chinese has no spaces between its words, and browsers do not agree
 * where they end: each two characters are a word. The site sends this function to browsers as text, so it uses nothing
 * from outside of itself.
 */
export const wordsOf = (text: string): string[] =>
  (text.match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu) ?? []).flatMap((run) => {
    const characters = Array.from(run);
    if (characters.length < 3 || !/^\p{Script=Han}/u.test(run)) return [run];
    return characters.slice(1).map((character, index) => (characters[index] ?? '') + character);
  });
