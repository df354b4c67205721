/** Compiles `codecs/proto/rtm.proto` to static JavaScript. `npm run codegen` writes it; a test compares it with what is there. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pbjs } from 'protobufjs-cli';

const directory = new URL('../codecs/proto/', import.meta.url);

export const generatedFile: string = fileURLToPath(new URL('rtm.js', directory));

/**
 * What protobufjs decodes has the defaults of absent fields on its prototype, empty lists, 64-bit objects and views of the frame.
 * With these lines changed a decoded message holds what was present, as plain values of its own, and needs no second walk.
 */
const presentFieldsOnly = (code: string): string =>
  code
    .replaceAll(/^ *\w+\.prototype\.\w+ = .*;\n/gm, '')
    .replaceAll(/^ *this\.\w+ = \[\];\n/gm, '')
    .replaceAll('reader.int64()', '$util.LongBits.from(reader.int64()).toNumber()')
    .replaceAll('reader.bytes()', 'new Uint8Array(reader.bytes())');

const compile = (target: string): Promise<void> =>
  new Promise((resolve, reject) => {
    pbjs.main(
      [
        ['--target', 'static-module'],
        ['--wrap', 'esm'],
        ['--root', 'rx-realtime'],
        ['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service', '--no-comments'],
        ['--out', target],
        [fileURLToPath(new URL('rtm.proto', directory))],
      ].flat(),
      (error) => {
        if (error) reject(error);
        else resolve();
      },
    );
  });

/** Writes the generated module: only what encodes and decodes. */
export const generate = async (target: string): Promise<void> => {
  await compile(target);
  await writeFile(target, presentFieldsOnly(await readFile(target, 'utf8')));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate(generatedFile);
