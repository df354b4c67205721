/** Platforms that run JavaScript themselves. Their binaries come as packages, without install scripts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { execute } from '../../../scripts/checks/tool.js';
import { expectMessage, write, writePrograms, type Tool, type Trial } from './tool.js';

/** The packages with binaries for other machines have other names. */
const onLinux = (): string | undefined =>
  process.platform === 'linux' && process.arch === 'x64' ? undefined : 'its binary is pinned for Linux on x64 only';

const binary = ({ directory }: Trial, path: string): string => join(directory, 'node_modules', path);

const bun: Tool = {
  name: 'bun',
  packages: ['@oven/bun-linux-x64@1.4.5'],
  missing: onLinux,
  run: async (trial) => {
    writePrograms(trial);
    expectMessage(await execute(binary(trial, '@oven/bun-linux-x64/bin/bun'), ['main.mjs'], trial.directory));
    return 'a message, with its own WebSocket';
  },
};

const deno: Tool = {
  name: 'deno',
  packages: ['@deno/linux-x64-glibc@2.9.6'],
  missing: onLinux,
  run: async (trial) => {
    writePrograms(trial);
    const args = ['run', '--allow-all', '--node-modules-dir=manual', 'main.mjs'];
    expectMessage(await execute(binary(trial, '@deno/linux-x64-glibc/deno'), args, trial.directory));
    return 'a message, with its own WebSocket';
  },
};

const WORKER = `
import { chat } from './chat.mjs';
export default {
  async fetch() {
    return new Response(await chat('SERVER').catch(String));
  },
};
`;

const WORKERD = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:PORT", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "bundle.mjs")],
  compatibilityDate = "2025-01-01",
);
`;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const workerd: Tool = {
  name: 'workerd',
  packages: ['@cloudflare/workerd-linux-64@1.20261117.1'],
  missing: onLinux,
  run: async (trial) => {
    const { directory, server } = trial;
    const port = await freePort();
    writePrograms(trial);
    write(directory, {
      'worker.mjs': WORKER.replace('SERVER', server),
      'config.capnp': WORKERD.replace('PORT', String(port)),
    });
    buildSync({
      absWorkingDir: directory,
      entryPoints: ['worker.mjs'],
      outfile: 'bundle.mjs',
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      mainFields: ['browser', 'module', 'main'],
      logLevel: 'silent',
    });
    const child = spawn(
      binary(trial, '@cloudflare/workerd-linux-64/bin/workerd'),
      ['serve', 'config.capnp', '--control-fd=3'],
      { cwd: directory, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
    );
    try {
      // It tells on the control channel that it listens.
      const [control] = child.stdio.slice(3);
      if (control) await once(control, 'data');
      expectMessage(await (await fetch(`http://127.0.0.1:${port}/`)).text());
    } finally {
      child.kill();
    }
    return 'a message from inside of a worker';
  },
};

export const runtimes: readonly Tool[] = [bun, deno, workerd];
