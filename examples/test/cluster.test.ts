/** Two people talk by two nodes, one of which is killed: each line is heard once, in order. */
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { prepare } from '../../scripts/example.mjs';
import { startProgram } from './program.js';

it('goes on while a node is killed: each line is heard once, in order', async () => {
  const program = startProgram(join(await prepare('cluster'), 'main.node.js'));
  const lines = await lastValueFrom(program.lines$.pipe(toArray()));
  expect(lines.filter((line) => line.endsWith('heard 30: each once, in order'))).toHaveLength(2);
  expect(lines.some((line) => line.includes('node-1 is killed'))).toBe(true);
  expect(lines.some((line) => line.includes('Ann is connected again'))).toBe(true);
});
