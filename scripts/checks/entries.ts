/** The public entries, as `exports` of package.json has them. */
import { readFileSync } from 'node:fs';
import { root } from './tool.js';

export interface Entry {
  /** As it is imported, `rx-realtime/streams`. */
  readonly specifier: string;
  /** `streams`; `rx-realtime` for the main entry. */
  readonly name: string;
  readonly types: string;
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly name: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
};

export const entries: readonly Entry[] = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === 'string'
    ? []
    : [
        {
          specifier: `${manifest.name}${path.slice(1)}`,
          name: path === '.' ? manifest.name : path.slice(2),
          types: `${root}${target.types}`,
        },
      ],
);

/** The oldest version of each peer that `peerDependencies` allows. */
export const lowestPeers: readonly string[] = Object.entries(manifest.peerDependencies).map(
  ([name, range]) => `${name}@${range.replace('^', '')}`,
);
