/** Headings of Markdown. */

/** The anchor that GitHub makes of a heading. The site makes the same, so that links work in both places. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

/** The text without fenced blocks of code. */
export const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '');

/** The title of a page: its first heading. */
export const titleOf = (text: string): string => /^# (.+)$/m.exec(withoutCode(text))?.[1]?.replaceAll('`', '') ?? '';
