/**
 * Bundles small packages that only the server needs into the server, with their licences. So other users do not
 * install them.
 */
import { buildSync } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { licencesOf } from './licences.mjs';

/** The exports of each package that the server uses. */
const taken = {
  re2js: 'RE2JS',
  'find-my-way': 'default',
  mime: 'default',
  'prom-client': 'collectDefaultMetrics, Counter, Gauge, Histogram, Registry',
  pino: 'default',
};

/** Bundles each package into `vendor/` of the built server, and makes the server's modules import it from there. */
export const vendor = (root, server) => {
  const inputs = [];
  mkdirSync(`${server}/vendor`, { recursive: true });
  for (const [name, what] of Object.entries(taken)) {
    const { metafile } = buildSync({
      stdin: { contents: `export { ${what} } from '${name}';`, resolveDir: root },
      outfile: `${server}/vendor/${name}.js`,
      absWorkingDir: root,
      bundle: true,
      minify: true,
      metafile: true,
      platform: 'node',
      format: 'esm',
      target: 'es2022',
      legalComments: 'none',
      // CommonJS packages require modules of Node. `createRequire` needs `import.meta`, which a bundle of a user's
      // program in CommonJS does not have.
      banner: { js: 'const require = (name) => process.getBuiltinModule(name);' },
    });
    inputs.push(metafile.inputs);
  }
  writeFileSync(`${server}/vendor/LICENSES.txt`, licencesOf(root, ...inputs));

  const importing = new RegExp(`from '(${Object.keys(taken).join('|')})'`, 'g');
  for (const path of readdirSync(server, { recursive: true })) {
    if (!/\.(js|d\.ts)$/.test(path) || path.startsWith('vendor')) continue;
    const text = readFileSync(`${server}/${path}`, 'utf8');
    if (!importing.test(text)) continue;
    if (path.endsWith('.d.ts'))
      throw new Error(`${path}: a type of the server's is one of a package that nobody installs`);
    const depth = relative(`${server}/${path}/..`, server) || '.';
    writeFileSync(
      `${server}/${path}`,
      text.replace(importing, (_, name) => `from '${depth}/vendor/${name}.js'`),
    );
  }
};
