#!/usr/bin/env node
/** The command `rx-realtime`. What follows the name of a task is for the task. */
const USAGE = `Usage: rx-realtime serve [--port 6400] [--host 127.0.0.1]

  serve   runs a server until Ctrl-C; its data is in memory`;

const [task] = process.argv.splice(2, 1);
if (task === 'serve') await import('./cli.js');
else if (task === '--help' || task === '-h') console.log(USAGE);
else {
  console.error(task === undefined ? USAGE : `There is no task ${JSON.stringify(task)}.\n\n${USAGE}`);
  process.exitCode = 1;
}
