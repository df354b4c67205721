/** What `--help` shows. It fits a screen of 80 columns and 40 lines. */
import { commandLine } from './options.js';

const COLUMN = 31;

const line = (left: string, right: string): string => `  ${left.padEnd(COLUMN)} ${right}`;

const lines = Object.values(commandLine).map(({ name, value, help }) =>
  line(`--${name}${value === undefined ? '' : ` ${value}`}`, help),
);

export const serveHelp = `Usage: rx-realtime serve [options]

Runs a server until SIGTERM or Ctrl-C. A second signal ends it at once.

${lines.join('\n')}
${line('--config FILE', 'JSON with these options: { "appId": "demo" }')}

Secrets are in files, or in the environment: RX_REALTIME_MASTER_KEY,
RX_REALTIME_HOOK_SECRET, RX_REALTIME_METRICS_KEY, RX_REALTIME_DATABASE (a URL
with its password), RX_REALTIME_DATABASE_PASSWORD.
Exit code: 0 after a signal, 1 if it can't start or is ended by a second one.`;

export const help = `Usage: rx-realtime serve [options]
       rx-realtime backup --data DIR --to FILE
       rx-realtime restore --from FILE --data DIR

  serve       runs a server; rx-realtime serve --help shows its options
  backup      copies what a server keeps to a new file; it may run meanwhile
  restore     puts a copy into a directory that keeps nothing yet
  --help      shows this
  --version   shows the version`;
