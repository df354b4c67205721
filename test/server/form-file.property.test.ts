/** The file in a form is read in whatever pieces it comes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadForm, boundaryOf, FORM_OVERHEAD, fileIn } from '../../server/http/form-file.js';

const BOUNDARY = 'xYzZY';

const part = (fields: string, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${fields}\r\n\r\n`), content, Buffer.from('\r\n')]);
const field = (name: string, content: string): Buffer =>
  part(`Content-Disposition: form-data; name="${name}"`, Buffer.from(content));
const file = (content: Uint8Array): Buffer =>
  part('Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png', content);
const END = Buffer.from(`--${BOUNDARY}--\r\n`);

const pieces = (whole: Buffer, sizes: readonly number[]): readonly Buffer[] => {
  const all: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < whole.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    all.push(whole.subarray(at, at + size));
    at += size;
  }
  return all;
};

async function* streamed(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

const read = async (whole: Buffer, sizes: readonly number[] = [whole.length]): Promise<Buffer> => {
  const found: Buffer[] = [];
  for await (const bytes of fileIn(streamed(pieces(whole, sizes)), BOUNDARY)) found.push(Buffer.from(bytes));
  return Buffer.concat(found);
};

/** Contents that look like boundaries. */
const content = fc
  .array(fc.constantFrom('\r\n', '--', BOUNDARY.slice(0, 3), '\r', '-', 'x', '\r\n\r\n', '\0'), { maxLength: 12 })
  .map((parts) => Buffer.from(parts.join('')));

describe('the file in a form', () => {
  it('is what was put into it, in whatever pieces the form comes, and whatever stands beside it', async () => {
    await fc.assert(
      fc.asyncProperty(
        content,
        fc.array(fc.tuple(fc.constantFrom('name', 'key', 'token'), fc.constantFrom('', 'x', '\r\n--')), {
          maxLength: 3,
        }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        async (bytes, fields, isFirst, sizes) => {
          const beside = fields.map(([name, value]) => field(name, value));
          const form = Buffer.concat(isFirst ? [file(bytes), ...beside, END] : [...beside, file(bytes), END]);
          expect(await read(form, sizes)).toEqual(bytes);
        },
      ),
    );
  });

  it('is refused if it does not end, if there is none, and if too much stands beside it', async () => {
    for (const form of [
      file(Buffer.from('abc')),
      Buffer.concat([field('name', 'x'), END]),
      Buffer.from('no form'),
      Buffer.concat([field('name', 'x'.repeat(FORM_OVERHEAD)), file(Buffer.from('abc')), END]),
      Buffer.concat([file(Buffer.from('abc')), field('name', 'x'.repeat(FORM_OVERHEAD)), END]),
      Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${'x'.repeat(9_000)}`), file(Buffer.from('abc')), END]),
    ])
      await expect(read(form, [1_000])).rejects.toThrow(BadForm);
  });

  it('is looked for in forms only', () => {
    expect(
      [
        'multipart/form-data; boundary=abc',
        'Multipart/Form-Data; charset=utf-8; boundary="a b"',
        'multipart/form-data',
        'multipart/mixed; boundary=abc',
        'image/png',
        undefined,
      ].map(boundaryOf),
    ).toEqual(['abc', 'a b', undefined, undefined, undefined, undefined]);
  });
});
