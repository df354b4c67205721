/** Accepted messages are sent once and in order, no matter how often the process that accepted them is killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { createServer } from 'rx-realtime/server';
import { layCable } from '../../tour/cable.js';

/** Runs a sender until it prints a certain line, then kills it at once. Returns all lines that it printed. */
const runUntil = async (
  args: readonly string[],
  isEnough: (lines: readonly string[]) => boolean | Promise<boolean>,
): Promise<readonly string[]> => {
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx/esm'), fileURLToPath(new URL('sender.ts', import.meta.url)), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'close');
  const lines: string[] = [];
  let isKilled = false;
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (isKilled || !(await isEnough(lines))) continue;
    isKilled = true;
    child.kill('SIGKILL');
  }
  await ended;
  return lines;
};

const isMessage = (line: string): boolean => line.startsWith('message ');
const numberOf = (line: string): number => Number(line.split(' ')[1]);

it('sends accepted messages after a restart, once and in order, no matter when the process is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'outbox-'));
  const server = await createServer({ port: 0, limits: { sendsPerMinute: Infinity } });
  const cable = await layCable(server.url);
  onTestFinished(async () => {
    await cable.close();
    await server.close();
    rmSync(directory, { recursive: true });
  });
  const { id } = await server.backEnd.create({ creator: 'Tom', members: ['Jerry'] });
  const [moments = []] = fc.sample(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 2 }), 1);
  const accepted: string[] = [];
  const send = async (first: number, count: number, isEnough: Parameters<typeof runUntil>[1]): Promise<void> => {
    const lines = await runUntil([cable.url, directory, id, String(first), String(count)], isEnough);
    expect(lines.filter((line) => line.startsWith('fault'))).toEqual([]);
    accepted.push(...lines.filter(isMessage));
  };
  const after = (messages: number) => (lines: readonly string[]) => lines.filter(isMessage).length >= messages;

  // Killed while connected: some messages have arrived, some are on their way, some wait.
  await send(0, 100, after(moments[0] ?? 1));
  // Killed while it sends the remaining messages and accepts more.
  await send(100, 100, after(moments[1] ?? 1));
  // Killed while all accepted messages wait, because there is no network.
  await send(200, 50, async (lines) => {
    if (lines.at(-1) === 'open') await cable.cut();
    return after(50)(lines);
  });
  await cable.mend();
  await send(250, 0, (lines) => lines.includes('done'));

  const stored = await server.backEnd.history(id, { direction: 'new', limit: 1_000 });
  const found = stored.map(({ msg = '' }) => numberOf((JSON.parse(msg) as { readonly _lctext: string })._lctext));
  expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
  expect(accepted.map(numberOf).filter((number) => !found.includes(number))).toEqual([]);
  expect(accepted.length).toBeGreaterThanOrEqual(50);
}, 60_000);
