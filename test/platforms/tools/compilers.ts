/** The versions of TypeScript that can read the declarations, without `skipLibCheck`. */
import { entries } from '../../../scripts/entries.mjs';
import { bin, write, type Tool } from './tool.js';

/** The oldest version that docs/platforms.md promises, and the newest of each major since. */
const versions = { oldest: '5.2.2', five: '5.9.3', six: '6.0.3', seven: '7.0.2' };

const resolutions = [
  { module: 'NodeNext', moduleResolution: 'NodeNext' },
  { module: 'Node16', moduleResolution: 'Node16' },
  { module: 'ESNext', moduleResolution: 'Bundler' },
];

/** How older projects resolve modules. TypeScript 6 is the last that does, and calls it deprecated. */
const node10 = { module: 'CommonJS', moduleResolution: 'Node10' };

const SOCKETS = `
import { createRealtime } from 'rx-realtime';
import { WebSocket as Ws } from 'ws';
createRealtime({ appId: 'a', server: 'ws://x', webSocket: WebSocket });
createRealtime({ appId: 'a', server: 'ws://x', webSocket: Ws });
`;

const typescript: Tool = {
  name: 'typescript',
  packages: [
    ...Object.entries(versions).map(([name, version]) => `${name}@npm:typescript@${version}`),
    ...['@types/node@20.19.43', '@types/ws@8.18.1', 'image-size@2.1.0', 'music-metadata@11.16.1'],
  ],
  run: async (trial) => {
    write(trial.directory, {
      'package.json': { name: 'application', private: true, type: 'module' },
      'sockets.ts': SOCKETS,
      // Angular's own compiler reads the entries for Angular, with the versions of TypeScript that it takes.
      'entries.ts': entries
        .filter(({ folder }) => folder !== 'angular')
        .map(({ specifier }, index) => `export * as entry${String(index)} from '${specifier}';\n`)
        .join(''),
    });
    for (const name of Object.keys(versions)) {
      // Each way finds the same files, so the oldest tries all of them, and the others one.
      const ways = name === 'oldest' ? [...resolutions, node10] : resolutions.slice(0, 1);
      for (const resolution of ways) {
        write(trial.directory, {
          'tsconfig.json': {
            compilerOptions: {
              ...resolution,
              ...{ target: 'ES2022', lib: ['ES2022', 'DOM'], types: ['node'] },
              ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
            },
            files: ['entries.ts', 'sockets.ts'],
          },
        });
        await bin(trial, `${name}/bin/tsc`, '-p', '.');
      }
    }
    return Object.values(versions).join(', ');
  },
};

export const compilers: readonly Tool[] = [typescript];
