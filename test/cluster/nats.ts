/**
 * The NATS of the tests: the one that `RX_REALTIME_TEST_NATS` names, or one that is started for this run. Where there
 * is none, its tests are skipped, unless `RX_REALTIME_REQUIRE_SERVICES` is set.
 */
import { spawnSync } from 'node:child_process';
import { lastLine, script } from '../store/own-postgres.js';

const tellSkipped = (why: string): void => {
  const text = `The tests with NATS are skipped: ${why}`;
  if (process.env['RX_REALTIME_REQUIRE_SERVICES'] !== undefined) throw new Error(text);
  process.stderr.write(`${text}\n`);
};

const start = (): string | undefined => {
  const { status, stdout, stderr, error } = spawnSync(script, ['present', 'nats'], { encoding: 'utf8' });
  if (status === 0) return lastLine(stdout);
  tellSkipped(error === undefined ? lastLine(stderr) : `scripts/services.sh can't be run: ${error.message}`);
  return undefined;
};

/** The address of the NATS that all tests share; undefined if there is none. */
export const natsUrl = process.env['RX_REALTIME_TEST_NATS'] ?? start();
