/**
 * The file in a form (`multipart/form-data`, RFC 7578): mini programs can upload in no other way. It is read as it
 * comes. Of several files, the first one is taken; other fields are skipped.
 */

/** What a form may have beside its file, bytes. */
export const FORM_OVERHEAD = 65_536;
/** The fields at the beginning of a part, bytes. */
const MAX_HEAD = 8_192;
const HEAD_END = '\r\n\r\n';
/** After the last boundary. */
const LAST = '--';

/** A form that can't be read. */
export class BadForm extends Error {}

/** The text that separates the parts of a form; undefined if a content is no form. */
export const boundaryOf = (contentType = ''): string | undefined => {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain;
};

const isFile = (head: string): boolean => /^content-disposition:[^\r\n]*;\s*filename\*?=/im.test(head);

/** The file in the chunks of a form. Throws `BadForm` if there is none, or if the form ends before its file does. */
export async function* fileIn(chunks: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Buffer> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const iterator = chunks[Symbol.asyncIterator]();
  // The first boundary may stand at the very beginning.
  let rest = Buffer.from('\r\n');
  let skipped = 0;

  const more = async (): Promise<void> => {
    const next = await iterator.next();
    if (next.done === true) throw new BadForm('a form should have a file, and its end');
    rest = Buffer.concat([rest, next.value]);
  };
  const skip = (bytes: number): void => {
    skipped += bytes;
    if (skipped > FORM_OVERHEAD) throw new BadForm(`a form has at most ${FORM_OVERHEAD} bytes beside its file`);
  };
  /** What comes before the next boundary, piece by piece. */
  const untilBoundary = async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      const at = rest.indexOf(delimiter);
      // The end may be the beginning of a boundary.
      const safe = at === -1 ? Math.max(0, rest.length - delimiter.length + 1) : at;
      if (safe > 0) yield rest.subarray(0, safe);
      rest = rest.subarray(at === -1 ? safe : at + delimiter.length);
      if (at !== -1) return;
      await more();
    }
  };
  /** The fields at the beginning of a part; undefined after the last one. */
  const nextHead = async (): Promise<string | undefined> => {
    for (;;) {
      if (rest.toString('latin1', 0, LAST.length) === LAST) return undefined;
      const end = rest.indexOf(HEAD_END);
      if (end > MAX_HEAD || (end === -1 && rest.length > MAX_HEAD))
        throw new BadForm(`the head of a part has at most ${MAX_HEAD} bytes`);
      if (end !== -1) {
        const head = rest.toString('utf8', 0, end);
        rest = rest.subarray(end + HEAD_END.length);
        skip(end);
        return head;
      }
      await more();
    }
  };

  try {
    for await (const before of untilBoundary()) skip(before.length);
    for (;;) {
      const head = await nextHead();
      if (head === undefined) throw new BadForm('the form has no file');
      if (isFile(head)) {
        yield* untilBoundary();
        break;
      }
      for await (const field of untilBoundary()) skip(field.length);
    }
    skip(rest.length);
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) skip(next.value.length);
  } finally {
    await iterator.return?.();
  }
}
