/** Numbers in JSON text that JavaScript can't hold. */

/** A text with a number of many digits, or with a large exponent. The test is cheap for all other texts. */
const SUSPECT = /[\d.]{16}|\d[eE]\+?\d{3}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PARTS = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** From here on, not every whole number is a number of JavaScript. */
const LARGE = 2 ** 53;

/** A decimal number without superfluous zeros, so that equal numbers have equal texts. */
const decimalOf = (literal: string): string => {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(literal) ?? [];
  const digits = whole + fraction;
  let start = 0;
  let end = digits.length;
  while (start < end && digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  return `${digits.slice(start, end)}e${String(Number(exponent) - fraction.length + digits.length - end)}`;
};

const isChanged = (literal: string): boolean => {
  const value = Number(literal);
  if (!Number.isFinite(value)) return true;
  return Math.abs(value) >= LARGE && decimalOf(literal) !== decimalOf(String(value));
};

/** The index after a string that begins at `start`. */
const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
};

/**
 * The first number in JSON text that `JSON.parse` changes: a whole number beyond 2^53 that is rounded, or one that is
 * infinite. Undefined if there is none. Smaller numbers are as exact as numbers of JavaScript are.
 */
export const changedNumber = (text: string): string | undefined => {
  if (!SUSPECT.test(text)) return undefined;
  for (let at = 0; at < text.length;) {
    const char = text.charCodeAt(at);
    if (char === 0x22) at = endOfString(text, at);
    else if (char === 0x2d || (char >= 0x30 && char <= 0x39)) {
      NUMBER.lastIndex = at;
      const literal = NUMBER.exec(text)?.[0] ?? '-';
      if (isChanged(literal)) return literal;
      at += literal.length;
    } else at += 1;
  }
  return undefined;
};
