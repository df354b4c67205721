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
RX_REALTIME_HOOK_SECRET, RX_REALTIME_METRICS_KEY, RX_REALTIME_DATABASE and
RX_REALTIME_NATS (URLs with passwords), RX_REALTIME_DATABASE_PASSWORD.
Exit code: 0 after a signal, 1 if it can't start or is ended by a second one.`;

const PLACE = [
  line('--data DIR', 'where the server keeps it; default ./data'),
  line('--database URL', 'or in PostgreSQL: postgres://user@host/db'),
  line('--database-password-file FILE', 'its password, if the URL has none'),
  line('--keep NAME=N', 'how long the server keeps what it has'),
].join('\n');

export const importHelp = `Usage: rx-realtime import [options] FILE...
       rx-realtime import [options] --from URL --app-id ID --key-file FILE

Takes conversations and messages from the cloud's files, or from its API. What
is there already stays as it is, so an import can be repeated.

Files: _Conversation as JSON lines or BSON, and messages as the API gives them,
as JSON lines or a list. Each may be compressed by gzip. BSON needs the package
bson.

${PLACE}
${line('--from URL', 'the address of the API of your application')}
${line('--app-id ID', 'its id')}
${line('--key-file FILE', 'its master key; or RX_REALTIME_IMPORT_KEY')}
${line('--key KEY', 'or here, where others can see it')}
${line('--rate N', 'requests a second, at most; default 5')}
${line('--checkpoint FILE', 'where it was: import-checkpoint.json')}
${line('--report FILE', 'what was not taken: import-report.txt')}

Exit code: 0 if everything was taken, 2 if the report lists what was not,
1 if it could not go on.`;

export const exportHelp = `Usage: rx-realtime export [options] --to DIR

Writes conversations and messages to files that import reads. No server may
use the same --data meanwhile.

${PLACE}
${line('--to DIR', 'where the files are written')}
${line('--gzip', 'compresses them')}
${line('--bson', 'conversations in BSON, by the package bson')}

Exit code: 0, or 1 if it could not go on.`;

export const help = `Usage: rx-realtime serve [options]
       rx-realtime backup --data DIR --to FILE
       rx-realtime restore --from FILE --data DIR
       rx-realtime import [options] FILE...
       rx-realtime export [options] --to DIR

  serve       runs a server; rx-realtime serve --help shows its options
  backup      copies what a server keeps to a new file; it may run meanwhile
  restore     puts a copy into a directory that keeps nothing yet
  import      takes conversations and messages from the cloud; see import --help
  export      writes conversations and messages to files; see export --help
  --help      shows this
  --version   shows the version`;
