/**
 * `npm run check:platforms [-- tool...]`: tries the packed tarball with each tool, in an empty project. Prints one line
 * for each. It takes minutes, because it installs them. The status is 1 if one has failed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'rx-realtime/server';
import { freshDist, pack } from '../../scripts/checks/packed.js';
import { CheckFailed, execute } from '../../scripts/checks/tool.js';
import { angular } from './tools/angular.js';
import { bundlers } from './tools/bundlers.js';
import { compilers } from './tools/compilers.js';
import { reactNative } from './tools/react-native.js';
import { runtimes } from './tools/runtimes.js';
import { testRunners } from './tools/test-runners.js';
import { write, type Tool } from './tools/tool.js';

const tools = [...compilers, ...bundlers, ...angular, ...testRunners, ...runtimes, reactNative];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !tools.some((tool) => tool.name === name));
if (unknown.length > 0) {
  console.error(`No tool ${unknown.join(', ')}; there are: ${tools.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

const tried = async (tool: Tool, tarball: string, server: string): Promise<string> => {
  const missing = tool.missing?.();
  if (missing !== undefined) return `skipped: ${missing}`;
  // Outside of this project, whose node_modules would answer for what is missing.
  const directory = mkdtempSync(join(tmpdir(), `rx-realtime-${tool.name}-`));
  try {
    write(directory, { 'package.json': { name: 'application', private: true, type: 'commonjs' } });
    await execute('npm', ['install', ...flags, tarball, 'rxjs@7.8.2', ...tool.packages], directory);
    return await tool.run({ directory, server });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

await freshDist();
const tarball = await pack();
const server = await createServer({ port: 0 });
for (const tool of tools) {
  if (wanted.length > 0 && !wanted.includes(tool.name)) continue;
  const started = performance.now();
  const seen = await tried(tool, tarball, server.url).catch((error: unknown) => {
    process.exitCode = 1;
    return `FAILED\n${error instanceof CheckFailed ? error.message : String(error)}`;
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  console.log(`${tool.name.padEnd(10)} ${seconds.padStart(4)} s  ${seen}`);
}
await server.close();
