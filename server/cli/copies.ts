/** The commands `backup` and `restore`. */
import { parseArgs } from 'node:util';
import { backupDirectory, restoreDirectory } from '../store/sqlite/backup.js';
import { help } from './help.js';
import { startError } from './start-error.js';

const DEFAULT_DATA = './data';

/** Runs a command. Gives what to say of it, or throws what went wrong. */
export const copy = async (task: 'backup' | 'restore', argv: readonly string[]): Promise<string> => {
  const name = task === 'backup' ? 'to' : 'from';
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string', default: DEFAULT_DATA },
      [name]: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return help;
  const { data } = values;
  const file = values[name];
  if (typeof file !== 'string' || file === '' || typeof data !== 'string' || data === '')
    throw new Error(`${task} needs --${name} FILE; --data DIR is ${DEFAULT_DATA} if it is not given`);
  if (task === 'backup') {
    await backupDirectory(data, file);
    return `${data} was copied to ${file}`;
  }
  await restoreDirectory(file, data);
  return `${data} has what is in ${file}`;
};

/** Runs a command as a program. */
export const runCopy = async (task: 'backup' | 'restore', argv: readonly string[]): Promise<void> => {
  try {
    process.stdout.write(`${await copy(task, argv)}\n`);
  } catch (error) {
    process.stderr.write(`rx-realtime: ${startError(error)}\n`);
    process.exitCode = 1;
  }
};
