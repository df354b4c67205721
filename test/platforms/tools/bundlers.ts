/** Tools that write one file for browsers or React Native. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckFailed } from '../../../scripts/checks/tool.js';
import { bin, kilobytes, runBundle, write, writePrograms, type Tool } from './tool.js';

const webpack: Tool = {
  name: 'webpack',
  packages: ['webpack@5.113.0', 'webpack-cli@7.3.1'],
  run: async (trial) => {
    writePrograms(trial);
    write(trial.directory, {
      'webpack.config.cjs': `module.exports = {
        mode: 'production', target: ['web', 'es2022'], entry: './everything.mjs', performance: false,
        output: { path: __dirname, filename: 'bundle.js' },
      };`,
    });
    const stats = JSON.parse(await bin(trial, 'webpack-cli/bin/cli.js', '--json')) as {
      readonly warnings: readonly { readonly message: string }[];
    };
    if (stats.warnings.length > 0) throw new CheckFailed(stats.warnings.map(({ message }) => message).join('\n'));
    const code = readFileSync(join(trial.directory, 'bundle.js'), 'utf8');
    await runBundle(code, trial.server);
    return `${kilobytes(code)}, no warning`;
  },
};

const vite: Tool = {
  name: 'vite',
  packages: ['vite@8.3.8'],
  run: async (trial) => {
    writePrograms(trial);
    write(trial.directory, {
      'vite.config.mjs': `export default {
        build: { lib: { entry: 'everything.mjs', formats: ['iife'], name: 'app', fileName: () => 'bundle.js' } },
      };`,
    });
    const output = await bin(trial, 'vite/bin/vite.js', 'build', '--logLevel', 'warn');
    if (output.trim() !== '') throw new CheckFailed(output);
    const code = readFileSync(join(trial.directory, 'dist/bundle.js'), 'utf8');
    await runBundle(code, trial.server);
    return `${kilobytes(code)}, no warning`;
  },
};

const METRO = `
const Metro = require('metro');
const { getDefaultConfig } = require('@react-native/metro-config');

const build = async () => {
  const config = Metro.mergeConfig(getDefaultConfig(__dirname), {
    projectRoot: __dirname,
    maxWorkers: 1,
    cacheStores: [],
    reporter: { update() {} },
    // The parts of React Native itself, which is not here.
    serializer: { getModulesRunBeforeMainModule: () => [], getPolyfills: () => [] },
  });
  const { code } = await Metro.runBuild(config, { entry: 'everything.mjs', platform: 'ios', dev: false, out: 'bundle' });
  process.stdout.write(code);
};
build();
`;

const metro: Tool = {
  name: 'metro',
  packages: [
    'metro@0.84.6',
    'metro-config@0.84.6',
    '@react-native/metro-config@0.86.3',
    '@react-native/babel-preset@0.86.3',
    '@babel/core@7.29.0',
  ],
  run: async (trial) => {
    writePrograms(trial);
    write(trial.directory, {
      'build.cjs': METRO,
      'babel.config.js': "module.exports = { presets: ['module:@react-native/babel-preset'] };",
    });
    await bin(trial, '../build.cjs');
    const code = readFileSync(join(trial.directory, 'bundle.js'), 'utf8');
    await runBundle(code, trial.server);
    return `${kilobytes(code)}, with the preset of React Native`;
  },
};

export const bundlers: readonly Tool[] = [webpack, vite, metro];
