/** The pipeline, killed in the middle and stopped by Ctrl-C: nothing is lost, and nothing is stored twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepare } from '../../scripts/example.mjs';
import { openDatabase } from './database.js';
import { startProgram, type Program } from './program.js';

let folder: string;
const data = mkdtempSync(join(tmpdir(), 'rx-realtime-pipeline-'));
beforeAll(async () => {
  folder = await prepare('pipeline');
});
afterAll(() => {
  for (const path of [data, `${data}-early`]) rmSync(path, { recursive: true, force: true });
});

/** The numbers of the archived messages, in the order of their times. */
const numbers = async (): Promise<readonly number[]> => {
  const database = await openDatabase(join(data, 'archive.sqlite'));
  const rows = database.all('select text from message order by timestamp, id');
  database.close();
  return rows.map(({ text }) => Number(/#(\d+)$/.exec(String(text))?.[1]));
};

const says = ({ lines$ }: Program, words: RegExp): Promise<string> =>
  firstValueFrom(lines$.pipe(filter((line) => words.test(line))));

const storedBy = ({ lines$ }: Program, count: number): Promise<unknown> =>
  firstValueFrom(lines$.pipe(filter((line) => Number(/(\d+) stored/.exec(line)?.[1]) >= count)));

it('goes on after a kill, and after Ctrl-C: each message is stored once', async () => {
  const start = (backlog: number): Program =>
    startProgram(join(folder, 'main.node.js'), ['--data', data, '--rate', '200', '--backlog', String(backlog)]);
  const killed = start(600);
  await storedBy(killed, 1);
  await killed.stop('SIGKILL');
  const afterKill = await numbers();
  expect(afterKill.length).toBeGreaterThan(0);

  const stopped = start(100);
  await storedBy(stopped, 720);
  expect(await stopped.stop('SIGINT')).toBe(0);

  const last = start(0);
  await storedBy(last, 740);
  expect(await last.stop('SIGINT')).toBe(0);

  const all = await numbers();
  const sorted = all.toSorted((a, b) => a - b);
  // From 1 on, without a hole, each once.
  expect(sorted).toEqual(sorted.map((_, index) => index + 1));
});

it('ends in an orderly way when Ctrl-C comes while its backlog is written', async () => {
  const early = startProgram(join(folder, 'main.node.js'), ['--data', `${data}-early`, '--backlog', '200000']);
  await says(early, /news desk writes/);
  expect(await early.stop('SIGINT')).toBe(0);
  expect(await says(early, /Stopped/)).toMatch(/^Stopped: 0 messages/);
});
