/** Compiles `codecs/proto/rtm.proto` to static JavaScript. `npm run codegen` writes it; a test compares it with what is there. */
import { fileURLToPath } from 'node:url';
import { pbjs } from 'protobufjs-cli';

const directory = new URL('../codecs/proto/', import.meta.url);

export const generatedFile: string = fileURLToPath(new URL('rtm.js', directory));

/** The generated module: only what encodes and decodes, since `codecs/wire.ts` does the conversions. */
export const generate = (target: string): Promise<void> =>
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate(generatedFile);
