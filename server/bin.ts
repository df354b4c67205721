#!/usr/bin/env node
/** The command `rx-realtime`. What follows the name of a task is for the task. */
import { createRequire } from 'node:module';
import { help } from './cli/help.js';

const [task] = process.argv.splice(2, 1);
if (task === 'serve') await import('./cli.js');
else if (task === 'backup' || task === 'restore')
  await (await import('./cli/copies.js')).runCopy(task, process.argv.slice(2));
else if (task === 'import') await (await import('./cli/import.js')).runImport(process.argv.slice(2));
else if (task === 'export') await (await import('./cli/export.js')).runExport(process.argv.slice(2));
else if (task === '--help' || task === '-h') console.log(help);
else if (task === '--version')
  console.log((createRequire(import.meta.url)('rx-realtime/package.json') as { readonly version: string }).version);
else {
  console.error(task === undefined ? help : `There is no task ${JSON.stringify(task)}.\n\n${help}`);
  process.exitCode = 1;
}
