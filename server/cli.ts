/** Runs a server until SIGTERM or Ctrl-C: `npm run serve -- --port 6400`. */
import { createRequire } from 'node:module';
import { either as E } from 'fp-ts';
import { serveHelp } from './cli/help.js';
import { withoutSecrets } from './cli/log.js';
import { readTextFile, secretsOf, serve, type Running } from './cli/serve.js';
import { readSettings } from './cli/settings.js';
import { startError } from './cli/start-error.js';

const { version } = createRequire(import.meta.url)('rx-realtime/package.json') as { readonly version: string };

/** Who reads the log may have gone. The server goes on. */
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const fail = (mistakes: readonly string[]): void => {
  for (const mistake of mistakes) process.stderr.write(`rx-realtime: ${mistake}\n`);
  process.exitCode = 1;
};

let running: Running | undefined;

let isStopping = false;

const stop = (why: string, exitCode: 0 | 1): void => {
  if (isStopping) return;
  isStopping = true;
  (running?.stop(why) ?? Promise.resolve()).then(
    () => process.exit(exitCode),
    (error: unknown) => {
      fail([startError(error)]);
      process.exit(1);
    },
  );
};

/** Installed before the server starts: a signal that comes early must not end the process in another way. */
const listenToSignals = (): void => {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    stop(signal, 0);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', () => running?.reload());
};

const wanted = readSettings({ argv: process.argv.slice(2), env: process.env, readFile: readTextFile });
if (E.isLeft(wanted)) fail([...wanted.left, 'rx-realtime serve --help shows the options']);
else if (wanted.right._tag === 'Help') process.stdout.write(`${serveHelp}\n`);
else {
  const settings = wanted.right;
  try {
    listenToSignals();
    running = await serve(settings, {
      version,
      isTerminal: process.stdout.isTTY,
      write: (line) => process.stdout.write(line),
      onFatal: () => {
        stop('the store has failed', 1);
      },
    });
  } catch (error) {
    fail([withoutSecrets(secretsOf(settings))(startError(error))]);
  }
}
